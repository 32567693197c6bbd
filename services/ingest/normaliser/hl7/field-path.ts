import { decodeText } from './escapes.js';
import type { Delimiters, Hl7Message, Segment } from './message.js';

/** A `FieldPath` of the configuration, taken apart once. */
export type Path = {
  readonly text: string;
  readonly segment: string;
  /** Value of OBX-3.1 (or of its last subcomponent) the segment must have, or null. */
  readonly selector: string | null;
  readonly field: number;
  readonly component: number | null;
  readonly subcomponent: number | null;
};

export function compilePath(text: string): Path {
  const match = /^([A-Z][A-Z0-9]{2})(?:\[([^\]]+)\])?-(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(text);
  const [, segment = '', selector, field = '0', component, subcomponent] = match ?? [];
  return {
    text,
    segment,
    selector: selector ?? null,
    field: Number(field),
    component: component === undefined ? null : Number(component),
    subcomponent: subcomponent === undefined ? null : Number(subcomponent),
  };
}

/** `71020&IMP^TEXT^L` of OBX-3 as code `71020`, suffix `IMP` and description; a code alone has no suffix. */
export function observationCode(segment: Segment, message: Pick<Hl7Message, 'delimiters' | 'charset'>) {
  const { delimiters, charset } = message;
  const [identifier = '', description = ''] = segment.field(3).split(delimiters.component, 2);
  const [code = '', suffix = ''] = identifier.split(delimiters.subcomponent, 2);
  const clean = (raw: string) => decodeText(raw, delimiters, charset).trim();
  return { code: clean(code), suffix: clean(suffix), description: clean(description) };
}

function pick(raw: string, separator: string, position: number | null): string {
  if (position === null) return raw;
  return separator === ''
    ? position === 1
      ? raw
      : ''
    : (raw.split(separator, position)[position - 1] ?? '');
}

/** Repetitions of a field; an empty delimiter means the message cannot repeat. */
export function repetitions(raw: string, delimiters: Delimiters): string[] {
  return delimiters.repetition === '' ? [raw] : raw.split(delimiters.repetition, 1000);
}

/**
 * Values at a path in the given segments: every repetition of every such segment, decoded and trimmed, empty ones left
 * out. A path to a whole field keeps its components, joined as they were sent.
 */
export function readAll(
  path: Path,
  segments: readonly Segment[],
  message: Pick<Hl7Message, 'delimiters' | 'charset'>,
): string[] {
  const { delimiters, charset } = message;
  return segments
    .filter((s) => s.name === path.segment)
    .filter((s) => {
      if (path.selector === null) return true;
      const { code, suffix } = observationCode(s, message);
      return code === path.selector || suffix === path.selector;
    })
    .flatMap((s) => repetitions(s.field(path.field), delimiters))
    .map((raw) => pick(raw, delimiters.component, path.component))
    .map((raw) => pick(raw, delimiters.subcomponent, path.subcomponent))
    .map((raw) => decodeText(raw, delimiters, charset).trim())
    .filter((value) => value !== '' && value !== '""');
}
