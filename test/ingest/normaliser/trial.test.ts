import { describe, expect, test } from '@jest/globals';
import { type FeedConfig, TrialRequest } from '../../../contracts/index.js';
import { createTrial } from '../../../services/ingest/index.js';
import { deterministicId, type OutgoingEvent, systemClock } from '../../../services/platform/index.js';
import { createManualClock } from '../../support/manual-clock.js';
import { createRecordingBus } from '../../support/recording-bus.js';
import { bytes, feed, HASH_KEY, oru, RECEIVED, tx } from './support.js';

function stored(text: string, attributes: Readonly<Record<string, string>> = {}): OutgoingEvent {
  const data = bytes(text);
  const quiet = attributes.quiet ?? '0';
  return {
    type: 'overread.message.received',
    key: 'ris',
    id: deterministicId('msg', quiet, data),
    data,
    contentType: 'x-application/hl7-v2+er7',
    attributes: { feed: 'ris', transport: 'mllp', listener: 'main', receivedat: RECEIVED, ...attributes },
  };
}

const message = (n: number, status = 'F') =>
  oru({ msh: { 9: `M${n}` }, obr: { 25: status, 31: '^COUGH' }, lines: tx(status, 'Clear lungs.') });

async function trialOf(events: readonly OutgoingEvent[], feeds: readonly FeedConfig[] = [feed()]) {
  const bus = createRecordingBus();
  await bus.publish(events);
  const trial = createTrial({ bus, feeds, hashKey: HASH_KEY, clock: systemClock });
  return {
    bus,
    trial: (changed: readonly FeedConfig[], more: object = {}) =>
      trial(TrialRequest.parse({ feeds: changed, ...more })),
  };
}

describe('changed rules on stored messages', () => {
  test('that change nothing change nothing', async () => {
    const { bus, trial } = await trialOf([stored(message(1)), stored(message(2))]);
    expect(await trial([feed()])).toEqual({
      read: 2,
      changed: 0,
      before: { accepted: 2, refused: 0, quarantined: 0 },
      after: { accepted: 2, refused: 0, quarantined: 0 },
      paths: [],
      changes: [],
      until: expect.any(String),
      ended: 'all',
    });
    expect(bus.events).toHaveLength(2);
  });

  test('are told by outcome, by path with the number of messages, and message by message', async () => {
    const { trial } = await trialOf([stored(message(1)), stored(message(2, 'ZZ')), stored(message(3, 'ZZ'))]);
    const answer = await trial([feed({ statusMap: { ZZ: 'final' } })]);
    expect(answer).toMatchObject({
      read: 3,
      changed: 2,
      before: { accepted: 1, refused: 2, quarantined: 0 },
      after: { accepted: 3, refused: 0, quarantined: 0 },
    });
    expect(answer.paths).toContainEqual({ path: 'events.*.role', messages: 2 });
    expect(answer.changes.map(({ differences }) => differences)).toEqual([
      expect.arrayContaining([{ path: 'outcome', before: 'refused', after: 'accepted' }]),
      expect.arrayContaining([{ path: 'events.0.role', before: '', after: '"final"' }]),
    ]);
  });

  test('hold no words of a report or its indication', async () => {
    const { trial } = await trialOf([stored(message(1))]);
    const answer = await trial([feed({ match: { sendingApplication: 'OTHER' } })]);
    expect(answer.changed).toBe(1);
    expect(JSON.stringify(answer)).not.toMatch(/clear|cough/i);
    expect(answer.changes[0]?.differences).toContainEqual({
      path: 'events.0.context.indication',
      before: expect.stringMatching(/^5 characters, sha256 [0-9a-f]{8}$/),
      after: '',
    });
  });

  test('read a message once, though it was sent again or replayed', async () => {
    const { trial } = await trialOf([stored(message(1)), stored(message(1), { quiet: '1' })]);
    expect(await trial([])).toMatchObject({ read: 1, changed: 1, after: { quarantined: 1 } });
  });

  test('pass over what no version of the service stored so', async () => {
    const { trial } = await trialOf([stored(message(1), { receivedat: 'yesterday' }), stored(message(2))]);
    expect((await trial([feed()])).read).toBe(1);
  });
});

describe('a trial ends', () => {
  const many = Array.from({ length: 300 }, (_, n) => stored(message(n)));

  test('at its limit, and says where to go on', async () => {
    const { bus, trial } = await trialOf(many);
    const answer = await trial([feed()], { limit: 10 });
    expect(answer).toMatchObject({ read: 10, ended: 'limit', until: bus.events[9]?.time.toISOString() });
  });

  test('with no more than 200 messages shown; the counts are of all', async () => {
    const answer = await (await trialOf(many)).trial([]);
    expect([answer.read, answer.changed, answer.changes.length]).toEqual([300, 300, 200]);
  });

  test('after a minute, whatever is left', async () => {
    const clock = createManualClock();
    const bus = createRecordingBus();
    await bus.publish(many);
    const slow = {
      async *scan() {
        for (const event of bus.events) {
          clock.advance(1_000);
          yield event;
        }
      },
    };
    const trial = createTrial({ bus: slow, feeds: [feed()], hashKey: HASH_KEY, clock });
    expect(await trial(TrialRequest.parse({ feeds: [] }))).toMatchObject({ read: 60, ended: 'time' });
  });

  test('before another begins', async () => {
    const { trial } = await trialOf(many);
    const first = trial([feed()]);
    await expect(trial([feed()])).rejects.toMatchObject({ code: 'OVR_TRIAL_RUNNING' });
    await first;
    expect((await trial([feed()])).read).toBe(300);
  });

  test('and gives way to everything else between two messages', async () => {
    const { trial } = await trialOf(many);
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    await trial([feed({ sourceKind: 'ai' })]);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(5);
  });
});
