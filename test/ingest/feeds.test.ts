import { describe, expect, test } from '@jest/globals';
import { FeedConfig, MEDIA_TYPES } from '../../contracts/index.js';
import { feedFacts, matchFeed, type Wire } from '../../services/ingest/feeds.js';

const wire: Wire = { listener: 'main', transport: 'mllp', tlsSubject: 'ris.example' };
const feed = (name: string, match: object) => FeedConfig.parse({ name, site: 'made-up', match });
const hl7 = (application: string, facility = 'WARD', charset = '', encoding: BufferEncoding = 'utf8') =>
  Buffer.from(
    `MSH|^~\\&|${application}|${facility}|R|RF|20260102||ORU^R01|1|P|2.5||||||${charset}\r`,
    encoding,
  );
const facts = (raw: Buffer) => feedFacts(raw, MEDIA_TYPES.hl7, wire);

describe('the feed of a message', () => {
  test('is the first whose every condition holds', () => {
    const feeds = [
      feed('other-facility', { sendingApplication: 'RIS', sendingFacility: 'ELSEWHERE' }),
      feed('by-application', { sendingApplication: 'RIS' }),
      feed('all', {}),
    ];
    expect(matchFeed(feeds, facts(hl7('RIS')))?.name).toBe('by-application');
    expect(matchFeed(feeds, facts(hl7('PACS')))?.name).toBe('all');
  });

  test('is none where no rule holds', () => {
    expect(matchFeed([feed('one', { sendingApplication: 'RIS' })], facts(hl7('X')))).toBeNull();
  });

  test.each([
    [{ listener: 'main' }, true],
    [{ listener: 'second' }, false],
    [{ transport: 'mllp' }, true],
    [{ transport: 'folder' }, false],
    [{ tlsSubject: 'ris.example' }, true],
    [{ tlsSubject: 'ris' }, false],
  ])('asks the wire: %j gives %s', (match, held) => {
    expect(matchFeed([feed('one', match)], facts(hl7('RIS'))) !== null).toBe(held);
  });

  test.each([
    ['a trailing blank', hl7('RIS '), 'RIS'],
    ['the first component of an HD', hl7('RIS^1.2.3^ISO'), 'RIS'],
    ['the whole HD', hl7('RIS^1.2.3^ISO'), 'RIS^1.2.3^ISO'],
    ['latin-1 without MSH-18', hl7('RÖNTGEN', 'W', '', 'latin1'), 'RÖNTGEN'],
    ['UTF-8 without MSH-18', hl7('RÖNTGEN'), 'RÖNTGEN'],
    ['latin-1 by MSH-18', hl7('RÖNTGEN', 'W', '8859/1', 'latin1'), 'RÖNTGEN'],
    ['an escaped delimiter', hl7('R\\T\\D'), 'R&D'],
  ])('reads MSH-3 with %s', (_, raw, application) => {
    expect(matchFeed([feed('one', { sendingApplication: application })], facts(raw))?.name).toBe('one');
  });

  test('reads 0x92 of windows-1252 as an apostrophe', () => {
    const raw = Buffer.from('MSH|^~\\&|L\x92HOPITAL|F|||||ORU^R01|1|P|2.5||||||8859/1\r', 'latin1');
    expect(facts(raw).sendingApplication).toBe('L\u2019HOPITAL');
  });

  test('of a JSON report goes by its generator and site', () => {
    const body = { site: 'north', generator: { name: 'drafter', version: '1' }, accession: 'A1', text: 'x' };
    const json = feedFacts(Buffer.from(JSON.stringify(body)), MEDIA_TYPES.json, wire);
    expect(json).toMatchObject({ sendingApplication: 'drafter', sendingFacility: 'north' });
  });
});
