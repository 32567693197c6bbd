const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup made by `html`; nothing else makes one, so text can only get into a page escaped. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  static of(strings: TemplateStringsArray, values: readonly Fragment[]): Html {
    return new Html(strings.map((part, i) => part + (i < values.length ? render(values[i]) : '')).join(''));
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a template: text and numbers are escaped, lists are joined, nothing is nothing. */
export type Fragment = Html | string | number | null | undefined | false | readonly Fragment[];

function render(value: Fragment): string {
  if (value instanceof Html) return value.toString();
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') {
    return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  }
  return value.map(render).join('');
}

/** HTML that escapes by default. Attribute values must be written between double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Fragment[]): Html {
  return Html.of(strings, values);
}
