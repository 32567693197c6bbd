import { deterministicId } from '../../../platform/index.js';
import { ignoredBecause, type Reading } from '../result.js';
import { aliasesOf } from '../rules/identifiers.js';
import { orderGroups } from './groups.js';
import { type Hl7Input, readerOf } from './reader.js';

/** ORC-1 (table 0119): RP and RU replace an order, the RO that follows is its replacement (HL7 v2 chapter 4.4). */
const REPLACED = new Set(['RP', 'RU', 'RQ']);
const REPLACEMENT = 'RO';

/**
 * An order whose accession changed: one replaced order and one replacement in the same message. Every other order
 * message, also a change (XO) which names the new number only, tells nothing of identity and is counted as ignored. One
 * order split into several is no correction either.
 */
export function readCorrection({ message, rules, facts }: Hl7Input): Reading {
  const { site, name } = rules.feed;
  const orders = orderGroups(message.segments).orders.map((segments) => {
    const reader = readerOf(segments, message);
    const [accession] = aliasesOf(
      { accessions: reader.all(rules.paths.accession), studyUids: [], placers: [] },
      site,
      rules.accession,
    );
    return { control: reader.first('ORC-1').toUpperCase(), accession };
  });
  const [from, ...otherFrom] = orders.filter((o) => REPLACED.has(o.control)).map((o) => o.accession);
  const [to, ...otherTo] = orders.filter((o) => o.control === REPLACEMENT).map((o) => o.accession);
  const single = otherFrom.length === 0 && otherTo.length === 0;
  if (!single || from === undefined || to === undefined || from.value === to.value) {
    return ignoredBecause('message_type');
  }
  const id = deterministicId('correction', site, from.kind, from.value, to.kind, to.value);
  const received = facts.attributes.receivedat;
  const data = { id, site, feed: name, messageId: facts.id, from, to, received };
  return { events: [{ type: 'overread.identifier.corrected', data }], ignored: [] };
}
