import type { ClinicalContext } from '../../../../contracts/index.js';
import type { Statement } from '../read/statement.js';
import { DEGREES, type FindingEntry, type SignificanceTable, type Tier } from '../vocabulary.js';

const ORDER: readonly Tier[] = ['urgent', 'actionable', 'minor'];
export const worse = (a: Tier, b: Tier): Tier => (ORDER.indexOf(a) <= ORDER.indexOf(b) ? a : b);

/** Tier of a finding in its context: the first rule of its entry whose every condition holds, else its own. */
export function tierOf(entry: FindingEntry, said: Statement, context: ClinicalContext): Tier {
  const indication = context.indication?.toLowerCase() ?? '';
  const rule = entry.when.find(
    (when) =>
      (when.degrees === undefined ||
        when.degrees.some((name) => DEGREES.indexOf(name) + 1 === said.degree)) &&
      (when.qualifiers === undefined || when.qualifiers.some((id) => said.qualifiers.includes(id))) &&
      (when.indication === undefined || when.indication.some((word) => indication.includes(word))) &&
      (when.ageUnder === undefined || (context.age !== null && context.age < when.ageUnder)) &&
      (when.ageOver === undefined || (context.age !== null && context.age > when.ageOver)),
  );
  return rule?.tier ?? entry.tier;
}

/** Looks a case up in the table; an aspect without that case is `minor`. */
export function cell(
  table: SignificanceTable,
  aspect: keyof SignificanceTable['cells'],
  name: string,
  finding: Tier,
): Tier {
  const tier = table.cells[aspect]?.[name] ?? 'minor';
  return tier === 'as finding' ? finding : tier;
}
