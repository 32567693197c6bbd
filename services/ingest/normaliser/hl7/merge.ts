import { OverreadError } from '../../../../contracts/index.js';
import { deterministicId } from '../../../platform/index.js';
import type { NormalisedEvent, Reading } from '../result.js';
import { compilePath } from './field-path.js';
import type { Segment } from './message.js';
import { patientPseudonyms } from './patients.js';
import { type Hl7Input, readerOf } from './reader.js';

const SURVIVING = compilePath('PID-3');
const RETIRED = compilePath('MRG-1');

/** A40 may repeat PID, PD1, MRG, PV1 for several merges: one event for each MRG and the PID before it. */
export function readMerges({ message, rules, facts }: Hl7Input): Reading {
  const events: NormalisedEvent[] = [];
  let patient: Segment | null = null;
  for (const segment of message.segments) {
    if (segment.name === 'PID') patient = segment;
    if (segment.name !== 'MRG') continue;
    const numbers = (path: typeof SURVIVING, of: Segment | null) =>
      patientPseudonyms(
        of === null ? [] : readerOf([of], message).all([path]),
        message.delimiters.component,
        rules.feed.site,
        facts.hashKey,
      );
    const surviving = numbers(SURVIVING, patient);
    const retired = numbers(RETIRED, segment).filter((number) => !surviving.includes(number));
    if (surviving.length === 0 || numbers(RETIRED, segment).length === 0) {
      throw new OverreadError(
        'OVR_MERGE_INCOMPLETE',
        `PID-3 ${surviving.length}, MRG-1 ${retired.length} numbers`,
      );
    }
    if (retired.length === 0) continue;
    events.push({
      type: 'overread.patient.merged',
      data: {
        id: deterministicId('merge', rules.feed.site, ...surviving, '>', ...retired),
        site: rules.feed.site,
        feed: rules.feed.name,
        messageId: facts.id,
        surviving,
        retired,
        received: facts.attributes.receivedat,
      },
    });
  }
  if (message.segments.every((s) => s.name !== 'MRG'))
    throw new OverreadError('OVR_MERGE_INCOMPLETE', 'no MRG');
  return { events, ignored: [] };
}
