/** int8 as a number: positions and counts stay far below 2^53, and a silent rounding must never pass. */
export function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('an int8 lies outside the safe integer range');
  return value;
}

export const INT8_OID = 20;
