import { expect, test } from '@jest/globals';
import { MEDIA_TYPES, SpoolConfig } from '../../../../contracts/index.js';
import { createGatewayThread } from '../../../../services/ingest/gateway/thread/index.js';
import { systemClock } from '../../../../services/platform/index.js';
import { eventually } from '../../../support/eventually.js';
import { hl7 } from '../support/messages.js';

test('a thread that dies refuses what waits for it, and is started anew', async () => {
  const messages: string[] = [];
  const thread = createGatewayThread({
    data: { config: { spool: SpoolConfig.parse({}), mllp: [], folders: [] }, feeds: [], spoolFolder: '' },
    publish: async () => {},
    clock: systemClock,
    report: (_level, message) => messages.push(message),
    record: () => {},
    script: new URL('../support/dying-worker.js', import.meta.url),
  });
  await thread.start();
  expect(thread.state().storing).toBe(true);
  const wire = { listener: 'hl7', transport: 'http', tlsSubject: '' } as const;
  const waiting = thread.accept({ raw: hl7('1'), contentType: MEDIA_TYPES.hl7, wire });
  await expect(waiting).rejects.toMatchObject({ code: 'OVR_GATEWAY_UNAVAILABLE' });
  expect(thread.state().storing).toBe(false);
  await eventually(() => expect(thread.state().storing).toBe(true));
  expect(messages).toContain('the thread of the gateway is started anew');
  await thread.stop();
  expect(thread.state().storing).toBe(false);
});
