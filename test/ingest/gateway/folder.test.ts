import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MEDIA_TYPES } from '../../../contracts/index.js';
import { createDisk, type Disk } from '../../../services/ingest/gateway/spool/index.js';
import { eventually } from '../../support/eventually.js';
import { temporaryFolder } from '../../support/temporary.js';
import { startEngine } from './support/engine.js';
import { frame, hl7 } from './support/messages.js';

const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(64)]);

async function start(
  files: Readonly<Record<string, Buffer | string>>,
  overrides: { disk?: Disk; limit?: number } = {},
) {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const gateway = await startEngine({
    folders: [
      { name: 'dropped', path: folder, pollSeconds: 0.05, maxMessageBytes: overrides.limit ?? 100_000 },
    ],
    ...(overrides.disk === undefined ? {} : { disk: overrides.disk }),
  });
  const names = async (place: string) => (await readdir(join(folder, place))).sort();
  return { gateway, folder, names };
}

test('takes HL7, plain and framed, several a file, and DICOM, and puts the files away', async () => {
  const { gateway, names } = await start({
    'one.hl7': hl7('1'),
    'several.txt': Buffer.concat([hl7('2'), hl7('3')]),
    'framed.mllp': Buffer.concat([frame(hl7('4')), frame(hl7('5'))]),
    'sr.dcm': dicom,
    'with-frame-end.hl7': Buffer.concat([hl7('6'), Buffer.from('\x1c\r\n')]),
  });
  await eventually(() => expect(gateway.messages()).toHaveLength(7));
  const byType = (type: string) => gateway.messages().filter((event) => event.contentType === type);
  expect(byType(MEDIA_TYPES.hl7)).toHaveLength(6);
  expect(gateway.messages().map((event) => event.data.toString())).toContain(hl7('6').toString());
  expect(byType(MEDIA_TYPES.dicom)[0]?.data.equals(dicom)).toBe(true);
  expect(gateway.messages()[0]?.attributes).toMatchObject({ transport: 'folder', listener: 'dropped' });
  await eventually(async () => {
    expect(await names('done')).toEqual([
      'framed.mllp',
      'one.hl7',
      'several.txt',
      'sr.dcm',
      'with-frame-end.hl7',
    ]);
  });
  expect(await names('processing')).toEqual([]);
});

test('leaves files alone that are still being written', async () => {
  const { gateway, folder, names } = await start({
    'ready.hl7': hl7('1'),
    'later.hl7.tmp': hl7('2'),
    '.hidden': 'x',
  });
  const growing = join(folder, 'growing.hl7');
  const message = hl7('3').toString();
  for (let end = 0; end <= message.length; end += 20) {
    await writeFile(growing, message.slice(0, end));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await writeFile(growing, message);
  await eventually(() => expect(gateway.messages()).toHaveLength(2));
  expect(gateway.messages().map((event) => event.data.toString())).toContain(message);
  await eventually(async () => expect(await names('done')).toEqual(['growing.hl7', 'ready.hl7']));
  expect(await names('.')).toContain('later.hl7.tmp');
  expect(gateway.deadLetters()).toHaveLength(0);
});

test('rejects what it cannot read, says why beside it, and keeps the bytes as a dead letter', async () => {
  const { gateway, folder, names } = await start(
    {
      'notes.txt': 'just text',
      'cut.mllp': Buffer.concat([frame(hl7('1')), Buffer.from([0x0b]), Buffer.from('MSH|cut')]),
      'large.hl7': hl7('2', { text: 'x'.repeat(5000) }),
    },
    { limit: 2048 },
  );
  await eventually(async () => {
    expect(await names('rejected')).toEqual(
      [
        'cut.mllp',
        'cut.mllp.reason.txt',
        'large.hl7',
        'large.hl7.reason.txt',
        'notes.txt',
        'notes.txt.reason.txt',
      ].sort(),
    );
  });
  expect(await readFile(join(folder, 'rejected/cut.mllp.reason.txt'), 'utf8')).toBe('OVR_MLLP_FRAME_CUT\n');
  await eventually(() => expect(gateway.deadLetters()).toHaveLength(3));
  expect(
    gateway
      .deadLetters()
      .map((event) => event.attributes?.code)
      .sort(),
  ).toEqual(['OVR_FILE_UNKNOWN', 'OVR_MESSAGE_TOO_LARGE', 'OVR_MLLP_FRAME_CUT']);
  expect(gateway.messages()).toHaveLength(1);
});

test('a file of a name that is there already does not overwrite it', async () => {
  const { gateway, folder, names } = await start({ 'one.hl7': hl7('1') });
  await eventually(async () => expect(await names('done')).toEqual(['one.hl7']));
  await writeFile(join(folder, 'one.hl7'), hl7('2'));
  await eventually(async () => expect(await names('done')).toHaveLength(2));
  expect(await readFile(join(folder, 'done/one.hl7'), 'utf8')).toBe(hl7('1').toString());
  await eventually(() => expect(gateway.messages()).toHaveLength(2));
});

test('a file that a crash left half taken is taken at the next start', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'processing'));
  await writeFile(join(folder, 'processing/left.hl7'), hl7('1'));
  const gateway = await startEngine({ folders: [{ name: 'dropped', path: folder, pollSeconds: 0.05 }] });
  await eventually(() => expect(gateway.messages()).toHaveLength(1));
});

test('while the store fails a file waits, and is taken once there is space', async () => {
  const state = { full: true };
  const disk: Disk = {
    ...createDisk(),
    write: (file, bytes, position) =>
      state.full
        ? Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
        : createDisk().write(file, bytes, position),
  };
  const { gateway, names } = await start({ 'one.hl7': hl7('1') }, { disk });
  await eventually(() => expect(gateway.engine.state().detail).toContain('OVR_SPOOL_NO_SPACE'));
  expect(await names('done')).toEqual([]);
  state.full = false;
  await eventually(async () => expect(await names('done')).toEqual(['one.hl7']));
});

test('a folder that cannot be used is named in the state and does not stop the gateway', async () => {
  const folder = join(await temporaryFolder(), 'a-file');
  await writeFile(folder, 'not a folder');
  const gateway = await startEngine({ folders: [{ name: 'dropped', path: folder, pollSeconds: 0.05 }] });
  await eventually(() => expect(gateway.engine.state().detail).toBe('OVR_FOLDER_UNREADABLE'));
  const sender = await gateway.connect();
  await sender.write(frame(hl7('1')));
  expect((await sender.acks(1))[0]?.code).toBe('AA');
});
