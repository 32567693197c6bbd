/** What is left when layout is taken away: a RIS re-wraps lines without anybody having edited. */
export function squeezed(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
