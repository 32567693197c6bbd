import type { SectionName } from '../../../../contracts/index.js';
import type { Piece } from '../text/compose.js';
import { sectionOfCode, sectionOfHeading } from '../text/vocabulary.js';

/** Elements of the CDA narrative block (CDA R2 section 4.3.5) that end a line. */
const ENDS_LINE = new Set(['br', 'paragraph', 'item', 'tr', 'caption', 'title', 'list', 'table']);

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', '\u00a0'],
]);

/** The five XML entities and character references; nothing a document declares itself is ever resolved. */
function decodeEntities(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]{1,6}|[a-z]{2,5});/g, (whole, name: string) => {
    const named = ENTITIES.get(name);
    if (named !== undefined) return named;
    if (!name.startsWith('#')) return whole;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
      ? String.fromCodePoint(code)
      : whole;
  });
}

type Token =
  | { readonly kind: 'open' | 'close' | 'empty'; readonly name: string; readonly attributes: string }
  | { readonly kind: 'text'; readonly text: string };

const SPECIALS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** Tags and texts in order, in one pass; comments, instructions and a document type are left out. */
function* tokens(xml: string): Generator<Token> {
  let at = 0;
  while (at < xml.length) {
    const tag = xml.indexOf('<', at);
    if (tag > at || tag === -1) {
      yield { kind: 'text', text: decodeEntities(xml.slice(at, tag === -1 ? undefined : tag)) };
    }
    if (tag === -1) return;
    const special = SPECIALS.find(([open]) => xml.startsWith(open, tag));
    const end = special === undefined ? '>' : special[1];
    const close = xml.indexOf(end, tag);
    if (close === -1) return;
    at = close + end.length;
    if (special?.[0] === '<![CDATA[') yield { kind: 'text', text: xml.slice(tag + special[0].length, close) };
    if (special !== undefined || xml[tag + 1] === '!') continue;
    const inside = xml.slice(tag + 1, close);
    const closing = inside.startsWith('/');
    const [qualified = ''] = inside.slice(closing ? 1 : 0).split(/[\s/]/, 1);
    yield {
      kind: closing ? 'close' : inside.endsWith('/') ? 'empty' : 'open',
      name: qualified.slice(qualified.indexOf(':') + 1),
      attributes: inside,
    };
  }
}

function attribute(attributes: string, name: string): string {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return decodeEntities(match?.[1] ?? match?.[2] ?? '');
}

/** White space of the source is layout; the line ends are the elements'. */
function tidied(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/[\t\r ]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

export type CdaDocument = {
  readonly pieces: readonly Piece[];
  /** `inFulfillmentOf/order/id/@extension`: order and accession numbers, not checked yet. */
  readonly orders: readonly string[];
  /** A body that is no XML: its base64 or plain text and media type. */
  readonly unstructured: {
    readonly mediaType: string;
    readonly base64: boolean;
    readonly content: string;
  } | null;
};

export const looksLikeCda = (text: string): boolean =>
  /<(?:\w+:)?ClinicalDocument[\s>]/.test(text.slice(0, 4000));

/**
 * The narrative of a CDA: title and text of each section in document order, and the section's LOINC code. A scanner and
 * no XML parser on purpose: it resolves nothing, loads nothing, and takes one pass whatever the document holds.
 */
export function readCda(xml: string): CdaDocument {
  const pieces: Piece[] = [];
  const orders: string[] = [];
  let unstructured: CdaDocument['unstructured'] = null;
  const path: string[] = [];
  const sections: (SectionName | null)[] = [];
  let capture: { element: string; text: string[]; attributes: string } | null = null;
  const inside = (name: string) => path.includes(name);

  for (const token of tokens(xml)) {
    if (token.kind === 'text') {
      capture?.text.push(capture.element === 'value' ? token.text : token.text.replace(/\s+/g, ' '));
      continue;
    }
    const { name, attributes } = token;
    if (capture !== null && ENDS_LINE.has(name) && token.kind !== 'open') capture.text.push('\n');
    if (capture !== null && name === 'td' && token.kind === 'close') capture.text.push(' ');
    if (name === 'code' && path.at(-1) === 'section') {
      sections[sections.length - 1] = sectionOfCode(attribute(attributes, 'code')) ?? sections.at(-1) ?? null;
    }
    if (name === 'id' && path.at(-1) === 'order') orders.push(attribute(attributes, 'extension'));
    if (token.kind === 'open') {
      path.push(name);
      if (name === 'section') sections.push(sections.at(-1) ?? null);
      const narrative = sections.length > 0 && (name === 'text' || name === 'title');
      if (capture === null && (narrative || (name === 'text' && inside('nonXMLBody')))) {
        capture = { element: name, text: [], attributes };
      }
    }
    if (token.kind === 'close') {
      const opened = path.lastIndexOf(name);
      if (opened !== -1) path.length = opened;
      if (capture !== null && name === capture.element) {
        const text = tidied(capture.text.join(''));
        if (inside('nonXMLBody') && sections.length === 0) {
          unstructured = {
            mediaType: attribute(capture.attributes, 'mediaType'),
            base64: attribute(capture.attributes, 'representation') === 'B64',
            content: text,
          };
        } else if (text !== '') {
          if (name === 'title') sections[sections.length - 1] ??= sectionOfHeading(text);
          pieces.push({ text, section: sections.at(-1) ?? null, body: sections.at(-1) === null });
        }
        capture = null;
      }
      if (name === 'section') sections.pop();
    }
  }
  return { pieces, orders: orders.filter((order) => order !== ''), unstructured };
}
