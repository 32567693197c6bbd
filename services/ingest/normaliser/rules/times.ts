/** A wall-clock time and how much of it was said; `offsetMinutes` is null where the text had no zone. */
export type WrittenTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly precision: 'day' | 'hour' | 'minute' | 'second';
  readonly offsetMinutes: number | null;
};

const OFFSET = /^([+-])(\d{2}):?(\d{2})$/;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const PACKED = /^(\d{8,17})(?:\.(\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

function offsetOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (text.toUpperCase() === 'Z') return 0;
  const match = OFFSET.exec(text);
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

/** Month and year alone are no day, and no clock either. */
function packed(digits: string, fraction: string | undefined, zone: string | undefined): WrittenTime | null {
  const two = (from: number) => Number(digits.slice(from, from + 2));
  // Eleven or thirteen digits (seen in OBR-7) end in half a number, which says nothing.
  const whole = digits.length < 14 ? digits.length - (digits.length % 2) : 14;
  return valid({
    year: Number(digits.slice(0, 4)),
    month: two(4),
    day: two(6),
    hour: whole >= 10 ? two(8) : 0,
    minute: whole >= 12 ? two(10) : 0,
    second: whole >= 14 ? two(12) : 0,
    // Milliseconds without their dot (seen in MSH-7: 20070317220949787).
    millisecond: milliseconds(fraction ?? digits.slice(14)),
    precision: whole >= 14 ? 'second' : whole >= 12 ? 'minute' : whole >= 10 ? 'hour' : 'day',
    offsetMinutes: offsetOf(zone),
  });
}

const milliseconds = (fraction: string) => Number(fraction.padEnd(3, '0').slice(0, 3));

function valid(time: WrittenTime): WrittenTime | null {
  const days = new Date(Date.UTC(time.year, time.month, 0)).getUTCDate();
  const fits =
    time.year >= 1850 &&
    time.month >= 1 &&
    time.month <= 12 &&
    time.day >= 1 &&
    time.day <= days &&
    time.hour <= 23 &&
    time.minute <= 59 &&
    time.second <= 59 &&
    Math.abs(time.offsetMinutes ?? 0) <= 14 * 60;
  return fits ? time : null;
}

/**
 * Reads a time stamp by hand: HL7 TS/DTM (v2.7 chapter 2A.22) of any precision, with or without fraction and offset,
 * DICOM DT, and ISO 8601 as some feeds write it. Null where it is no possible time; a library's `toDate` gives Invalid
 * Date or the machine's zone (measured).
 */
export function readTime(text: string): WrittenTime | null {
  const trimmed = text.trim();
  const dense = PACKED.exec(trimmed);
  if (dense !== null) return packed(dense[1] ?? '', dense[2], dense[3]);
  const iso = ISO.exec(trimmed);
  if (iso === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = iso;
  return valid({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    millisecond: milliseconds(fraction ?? ''),
    precision: second !== undefined ? 'second' : minute !== undefined ? 'minute' : 'day',
    offsetMinutes: offsetOf(zone),
  });
}

/** Milliseconds a zone is ahead of UTC at an instant. */
export type Zone = (instant: number) => number;

/** An IANA zone. Throws RangeError where Intl does not know it. */
export function zoneOf(name: string): Zone {
  if (name === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map((p) => [p.type, Number(p.value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wall = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return wall - Math.floor(instant / 1000) * 1000;
  };
}

/** A written time as an instant; an hour that comes twice when summer time ends is the first of the two. */
export function instantOf(time: WrittenTime, zone: Zone): Date {
  const wall = Date.UTC(
    time.year,
    time.month - 1,
    time.day,
    time.hour,
    time.minute,
    time.second,
    time.millisecond,
  );
  if (time.offsetMinutes !== null) return new Date(wall - time.offsetMinutes * 60_000);
  const earlier = wall - zone(wall - 86_400_000);
  if (zone(earlier) === wall - earlier) return new Date(earlier);
  return new Date(wall - zone(wall - zone(wall)));
}
