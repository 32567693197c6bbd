import { z } from 'zod';
import { page } from './markdown.js';

/** A setting as the schema has it: required in its entry, with a default, or neither. */
export type Setting =
  | { readonly kind: 'required' }
  | { readonly kind: 'default'; readonly value: unknown }
  | { readonly kind: 'optional' };

/** The part of JSON Schema that the generated schema of the configuration is made of. */
const Node = z.object({
  type: z.string().optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
});

const Fields = z.record(z.string(), z.unknown()).catch({});

function settingOf(value: unknown, required: boolean): Setting {
  if (value !== undefined) return { kind: 'default', value };
  return { kind: required ? 'required' : 'optional' };
}

/**
 * Every setting by its path, `[]` for the entries of a list. A default may stand at a setting or in the default of
 * what holds it. Lists of objects and objects that may be `null` or must be given are settings of their own.
 */
function walk(
  schema: unknown,
  path: string,
  required: boolean,
  inherited: unknown,
  found: Map<string, Setting>,
) {
  const node = Node.parse(schema);
  const value = node.default === undefined ? inherited : node.default;
  const variants = node.oneOf ?? node.anyOf;
  if (variants !== undefined) {
    if (value === null) found.set(path, { kind: 'default', value });
    for (const variant of variants) {
      if (Node.parse(variant).type !== 'null') walk(variant, path, false, value, found);
    }
    return;
  }
  if (node.properties !== undefined) {
    if (required && node.required.length === 0) found.set(path, { kind: 'required' });
    const values = Fields.parse(value);
    for (const [name, inner] of Object.entries(node.properties)) {
      const place = path === '' ? name : `${path}.${name}`;
      walk(inner, place, node.required.includes(name), values[name], found);
    }
    return;
  }
  found.set(path, settingOf(value, required));
  const items = Node.safeParse(node.items);
  const objects = items.success && (items.data.properties ?? items.data.oneOf) !== undefined;
  if (objects) walk(node.items, `${path}[]`, false, undefined, found);
}

export function settingsOfSchema(): Map<string, Setting> {
  const found = new Map<string, Setting>();
  walk(JSON.parse(page('contracts/generated/schemas/config.json')), '', false, undefined, found);
  return found;
}
