import type { Section, SectionName } from '../../../../contracts/index.js';
import type { HeadingFinder, Mark } from './headings.js';

/**
 * A part of a report in the order it was sent. `section` is what its code says; where that is null the headings inside
 * decide. `body` is a line of an HL7 report whose code says nothing or "body" (`&GDT`): behind an impression such a
 * line can be the signature.
 */
export type Piece = { readonly text: string; readonly section: SectionName | null; readonly body: boolean };

export type Composed = { readonly text: string; readonly sections: Section[] };

type Placed = Piece & { readonly start: number; readonly marks: readonly Mark[] };

/**
 * Body lines behind an impression are the signature where a body stood before it as well (UCLH, "Signed by:"); where
 * the impression came first they are the findings (HL7 chapter 7, chest X-ray).
 */
function signatureFrom(pieces: readonly Piece[]): number {
  const firstBody = pieces.findIndex((p) => p.body && p.text.trim() !== '');
  const firstImpression = pieces.findIndex((p) => p.section === 'impression');
  const lastImpression = pieces.findLastIndex((p) => p.section === 'impression');
  return firstBody !== -1 && firstBody < firstImpression ? lastImpression + 1 : pieces.length;
}

function place(pieces: readonly Piece[], joiner: string, find: HeadingFinder): Placed[] {
  let at = 0;
  return pieces.map((piece) => {
    const start = at;
    at += piece.text.length + joiner.length;
    const marks = find(piece.text).map((mark) => ({ at: start + mark.at, section: mark.section }));
    return { ...piece, start, marks };
  });
}

/** Inside a coded section only a signature is looked for, and not in an addendum, which brings its own. */
function codedMarks(piece: Placed, section: SectionName): Mark[] {
  const signatures = section === 'addendum' ? [] : piece.marks.filter((mark) => mark.section === 'signature');
  return [{ at: piece.start, section }, ...signatures];
}

function allMarks(placed: readonly Placed[]): Mark[] {
  const tail = signatureFrom(placed);
  const headed = placed.some((p) => p.section === null && p.marks.some((m) => m.section === 'findings'));
  // A report without the word "findings" has them before its first heading.
  const preamble: SectionName = headed ? 'other' : 'findings';
  const all: Mark[] = [];
  let running: SectionName = preamble;
  let coded: SectionName | null = null;
  for (const [index, piece] of placed.entries()) {
    if (piece.section !== null) {
      const signed: boolean = coded === piece.section && all.at(-1)?.section === 'signature';
      for (const mark of codedMarks(piece, signed ? 'signature' : piece.section)) all.push(mark);
      coded = piece.section;
    } else if (piece.body && index >= tail) {
      all.push({ at: piece.start, section: 'signature' });
      coded = null;
    } else {
      if (coded !== null) running = preamble;
      all.push({ at: piece.start, section: running });
      // Not spread into push: a text of megabytes has more headings than a call takes arguments.
      for (const mark of piece.marks) all.push(mark);
      running = all.at(-1)?.section ?? running;
      coded = null;
    }
  }
  return all;
}

/**
 * Joins the pieces and tells their sections as ranges that do not overlap and leave out the white space around. The
 * text keeps every character. Neighbours of one name are one section.
 */
export function compose(pieces: readonly Piece[], joiner: string, find: HeadingFinder): Composed {
  const text = pieces.map((p) => p.text).join(joiner);
  const merged: Mark[] = [];
  for (const mark of allMarks(place(pieces, joiner, find))) {
    if (merged.at(-1)?.at === mark.at) merged.pop();
    if (merged.at(-1)?.section !== mark.section) merged.push(mark);
  }
  const sections = merged.map(({ at, section }, index) => {
    const whole = text.slice(at, merged[index + 1]?.at ?? text.length);
    const start = at + whole.length - whole.trimStart().length;
    return { name: section, start, end: start + whole.trim().length };
  });
  return { text, sections: sections.filter((s) => s.end > s.start) };
}

/** The words of the first section of a name without its heading, or null. */
export function sectionWords({ text, sections }: Composed, name: SectionName): string | null {
  const section = sections.find((s) => s.name === name);
  const words = section === undefined ? '' : text.slice(section.start, section.end);
  return words.replace(/^[A-Za-z &/]{3,40}:\s*/, '').trim() || null;
}
