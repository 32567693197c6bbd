import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ReportVersion } from '../../contracts/index.js';
import { frame } from '../ingest/gateway/support/messages.js';
import { dataSet, part10, report, textItem } from '../ingest/normaliser/dicom/build.js';
import { oru, tx } from '../ingest/normaliser/support.js';
import { temporaryFolder } from '../support/temporary.js';
import { jsonLines, overread } from './support/overread.js';

const FEEDS = [
  { name: 'ris', site: 'north', match: { sendingApplication: 'RIS' }, forbidTypes: ['DFT'] },
  { name: 'night', site: 'north', match: { listener: 'night' } },
  { name: 'sr', site: 'north', match: { listener: 'dicom', transport: 'http' } },
  { name: 'drafter', site: 'north', match: { sendingApplication: 'drafter' }, sourceKind: 'ai' },
];
const FINAL = oru({ lines: tx('F', 'Clear lungs.') });
const MERGE = [
  'MSH|^~\\&|RIS|NORTH|||20260201103000||ADT^A40|M2|P|2.5',
  'PID|1||4711^^^NORTH^MR',
  'MRG|4712^^^NORTH^MR',
  '',
].join('\r');

let folder = '';
let config = '';
beforeAll(async () => {
  folder = await temporaryFolder();
  config = join(folder, 'overread.yaml');
  await writeFile(config, stringify({ dataDir: join(folder, 'data'), feeds: FEEDS }));
});

async function normalise(
  files: Readonly<Record<string, string | Buffer>>,
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = { OVERREAD_HASH_KEY: 'made-up' },
) {
  const paths: string[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    paths.push(join(folder, name));
    await writeFile(join(folder, name), bytes);
  }
  return overread(['normalise', '--config', config, ...options, ...paths], { env });
}

describe('each message of a file', () => {
  test('becomes the line the topic would carry: a report version, a merge', async () => {
    const run = await normalise({ 'two.hl7': `${FINAL}\r${MERGE}` });
    expect([run.code, run.err]).toEqual([0, '']);
    const [version, merge] = jsonLines(run);
    expect(ReportVersion.parse(version)).toMatchObject({
      role: 'final',
      feed: 'ris',
      text: 'Clear lungs.',
      transport: 'mllp',
      aliases: expect.arrayContaining([{ kind: 'accession', site: 'north', value: 'ACC100' }]),
    });
    expect(merge).toMatchObject({ site: 'north', feed: 'ris' });
    expect(merge).toHaveProperty('surviving');
    expect(merge).toHaveProperty('retired');
  });

  test('is read alike plain and framed', async () => {
    const plain = jsonLines(await normalise({ 'plain.hl7': FINAL }));
    const framed = jsonLines(await normalise({ 'framed.mllp': frame(Buffer.from(FINAL)) }));
    expect(framed.map(({ id, text }) => [id, text])).toEqual(plain.map(({ id, text }) => [id, text]));
  });

  test('may be DICOM or a submission as the API takes it', async () => {
    const dicom = part10(dataSet(report([textItem(['121070', 'Findings'], 'No pneumothorax.')])));
    const submission = {
      site: 'north',
      generator: { name: 'drafter', version: '2.0' },
      accession: 'ACC100',
      text: 'Small effusion.',
    };
    const run = await normalise({ 'sr.dcm': dicom, 'draft.json': JSON.stringify(submission) });
    expect(run.code).toBe(0);
    expect(jsonLines(run)).toMatchObject([
      { feed: 'sr', text: expect.stringContaining('No pneumothorax.') },
      { feed: 'drafter', role: 'draft', text: 'Small effusion.' },
    ]);
  });

  test('that leads to nothing says why, and is no failure', async () => {
    const other = FINAL.replace('ORU^R01', 'SIU^S12');
    const run = await normalise({ 'other.hl7': `${FINAL}\r${other}` });
    expect(run.code).toBe(0);
    expect(jsonLines(run)[1]).toEqual({
      file: join(folder, 'other.hl7'),
      message: 2,
      ignored: ['message_type'],
    });
  });

  test('that is refused, quarantined or none has a code in its place; the others go on and the exit code is 1', async () => {
    const unknown = FINAL.replace('|F|||||||', '|ZZ|||||||');
    const foreign = FINAL.replace('|RIS|', '|OTHER|');
    const run = await normalise({ 'bad.hl7': [unknown, foreign, FINAL].join('\r'), 'notes.txt': 'notes' });
    expect(run.code).toBe(1);
    const [refused, quarantined, good, none] = jsonLines(run);
    expect(refused).toMatchObject({ message: 1, error: { code: 'OVR_STATUS_UNKNOWN' } });
    expect(quarantined).toEqual({
      file: join(folder, 'bad.hl7'),
      message: 2,
      error: { code: 'OVR_FEED_UNMATCHED', message: expect.stringContaining('no feed of the configuration') },
    });
    expect(good).toMatchObject({ role: 'final' });
    expect(none).toMatchObject({ message: 1, error: { code: 'OVR_FILE_UNKNOWN' } });
  });

  test('of a type its feed forbids is refused as the gateway would', async () => {
    const run = await normalise({ 'bill.hl7': FINAL.replace('ORU^R01', 'DFT^P03') });
    expect(run.code).toBe(1);
    expect(jsonLines(run)).toMatchObject([{ message: 1, error: { code: 'OVR_MESSAGE_TYPE_FORBIDDEN' } }]);
  });
});

test('transport and listener can be told, because feeds match on them', async () => {
  const foreign = { 'night.hl7': FINAL.replace('|RIS|', '|OTHER|') };
  expect((await normalise(foreign)).code).toBe(1);
  const [version] = jsonLines(await normalise(foreign, ['--transport', 'folder', '--listener', 'night']));
  expect(version).toMatchObject({ feed: 'night', transport: 'folder' });
});

describe('the hash key', () => {
  const patients = (run: Awaited<ReturnType<typeof normalise>>) => jsonLines(run)[0]?.patients;

  test('is a throw-away one where there is none, said so, and none is made', async () => {
    const [one, two] = [
      await normalise({ 'a.hl7': FINAL }, [], {}),
      await normalise({ 'a.hl7': FINAL }, [], {}),
    ];
    expect(one.err).toContain('throw-away key');
    expect(patients(one)).not.toEqual(patients(two));
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test("is the service's own where it is there", async () => {
    const own = await normalise({ 'a.hl7': FINAL });
    expect(own.err).toBe('');
    expect(patients(own)).toEqual(patients(await normalise({ 'a.hl7': FINAL })));
  });
});

test.each([
  [[], 'give files'],
  [['--stored'], 'give files, or --rules'],
  [['--rules', 'new.yaml', 'a.hl7'], 'give files, or --rules'],
  [['--since', '2026-03-01', 'a.hl7'], '--since is for --stored'],
])('options that do not go together are refused: %j', async (args, words) => {
  const { code, out, err } = await overread(['normalise', ...args]);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(words);
});

test('a configuration or a file that is not there is an error with a code', async () => {
  const noConfig = await overread(['normalise', '--config', '/nowhere.yaml', 'a.hl7']);
  expect([noConfig.code, noConfig.err]).toEqual([1, expect.stringContaining('OVR_CONFIG_UNREADABLE')]);
  const noFile = await overread(['normalise', '--config', config, '/nowhere/a.hl7']);
  expect([noFile.code, noFile.err]).toEqual([1, expect.stringContaining('OVR_FILE_UNREADABLE')]);
});
