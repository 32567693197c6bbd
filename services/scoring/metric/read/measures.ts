import type { Token } from '../text/tokens.js';

const MM: Readonly<Record<string, number>> = {
  mm: 1,
  millimeter: 1,
  millimetre: 1,
  cm: 10,
  centimeter: 10,
  centimetre: 10,
};

export type Measure = {
  readonly from: number;
  readonly to: number;
  /** Largest dimension. */
  readonly mm: number;
  /** The distance of a tube's tip above the carina, not a size. */
  readonly aboveCarina: boolean;
};

const number = (token: Token | undefined) =>
  token !== undefined && /^\d+(?:[.,]\d+)?$/.test(token.stem) ? Number(token.stem.replace(',', '.')) : null;

/** "9 mm", "4.2 x 3.1 cm", "4-5 mm": the unit may stand once at the end. */
export function measures(tokens: readonly Token[]): Measure[] {
  const found: Measure[] = [];
  for (let from = 0; from < tokens.length; from += 1) {
    const values: number[] = [];
    let to = from;
    let factor: number | undefined;
    for (; to < tokens.length; to += 1) {
      const stem = tokens[to]?.stem ?? '';
      const value = number(tokens[to]);
      if (value !== null) values.push(value);
      else if (MM[stem] !== undefined && values.length > 0) factor = MM[stem];
      else if (!['x', '×', 'by', 'to', '–'].includes(stem) || values.length === 0) break;
    }
    if (factor !== undefined) {
      const after = tokens.slice(to, to + 4).map((token) => token.stem);
      const aboveCarina = after.includes('carina') && (after[0] === 'above' || after[0] === 'from');
      found.push({ from, to, mm: Math.max(...values) * factor, aboveCarina });
      from = to - 1;
    }
  }
  return found;
}

/** "in 6 weeks", "6-8 weeks", "3 month": days to the earliest, or null. */
export function intervalDays(
  tokens: readonly Token[],
  units: Readonly<Record<string, number>>,
): number | null {
  for (let at = 1; at < tokens.length; at += 1) {
    const unit = units[tokens[at]?.stem ?? ''];
    const count = number(tokens[at - 1]);
    if (unit === undefined || count === null) continue;
    return (number(tokens[at - 2]) ?? number(tokens[at - 3]) ?? count) * unit;
  }
  return null;
}
