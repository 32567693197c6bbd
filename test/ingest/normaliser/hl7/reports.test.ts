import { describe, expect, test } from '@jest/globals';
import { pseudonym } from '../../../../services/platform/index.js';
import { bytes, feed, HASH_KEY, onlyVersion, oru, run, sectionTexts, tx, versionsOf } from '../support.js';

// No public message of these kinds is known (an LLM narrative, OBR-25 C and X, MDM T08): all are made up here.
const AI = feed({ name: 'drafter', sourceKind: 'ai', generator: { name: 'Drafter', version: '2.1' } });
const HUMAN = feed({ sourceKind: 'radiologist' });
const NARRATIVE = ['FINDINGS:', 'No pneumothorax.', 'IMPRESSION:', 'Normal chest.'];

const version = (text: string, feeds = [HUMAN]) => onlyVersion(run(bytes(text), feeds));
const code = (text: string, feeds = [HUMAN]) => {
  const result = run(bytes(text), feeds);
  return result.kind === 'accepted' ? result.ignored.join(' ') : result.error.code;
};

describe('drafts and finals', () => {
  test('a narrative of a generator is a draft whatever status it carries', () => {
    for (const status of ['P', 'F', 'C']) {
      const draft = version(oru({ obr: { 25: status }, lines: tx(status, ...NARRATIVE) }), [AI]);
      expect(draft).toMatchObject({
        role: 'draft',
        source: { kind: 'ai', generator: { name: 'Drafter', version: '2.1' }, author: null },
        text: NARRATIVE.join('\n'),
        exam: { modality: 'CR', code: 'XR1', description: 'CHEST PA' },
        context: { age: 65, sex: 'F' },
        feed: 'drafter',
        site: 'north',
      });
      expect(sectionTexts(draft)).toEqual([
        'findings: FINDINGS:\nNo pneumothorax.',
        'impression: IMPRESSION:\nNormal chest.',
      ]);
    }
  });

  test('a final is the radiologist of OBR-32, as a number', () => {
    const final = version(oru({ lines: tx('F', ...NARRATIVE) }));
    expect(final).toMatchObject({ role: 'final', status: { field: 'OBR-25', raw: 'F', value: 'final' } });
    expect(final.source).toEqual({
      kind: 'radiologist',
      generator: null,
      author: pseudonym(HASH_KEY, 'author', 'north', 'D77'),
    });
    expect(final.patients).toEqual([pseudonym(HASH_KEY, 'patient', 'north', '4711')]);
    expect(JSON.stringify(final)).not.toMatch(/DOE|ROE|4711/);
  });

  test('a correction, a withdrawal and a wrong patient', () => {
    expect(version(oru({ obr: { 25: 'C' }, lines: tx('C', 'Left pneumothorax.') })).role).toBe('corrected');
    const withdrawn = version(oru({ obr: { 25: 'X' } }));
    expect(withdrawn).toMatchObject({
      role: 'withdrawn',
      text: null,
      textHash: null,
      sections: [],
      flags: [],
    });
    expect(version(oru({ obr: { 25: 'C' }, lines: tx('W', '') }))).toMatchObject({
      role: 'withdrawn',
      text: null,
      status: { field: 'OBX-11', raw: 'W' },
    });
    expect(version(oru({ obr: { 25: 'X' } }), [AI]).role).toBe('withdrawn');
  });

  test('U promotes what was sent before: a final without text', () => {
    expect(version(oru({ lines: tx('U', '') }))).toMatchObject({
      role: 'final',
      text: null,
      status: { field: 'OBX-11', raw: 'U', value: 'promote' },
      flags: ['status_only'],
    });
  });

  test('a status event without OBX has no text; an empty text that was sent stays one', () => {
    expect(version(oru())).toMatchObject({ role: 'final', text: null, flags: ['status_only'] });
    expect(version(oru({ lines: tx('F', '', '') }))).toMatchObject({ text: '\n', flags: ['empty_text'] });
  });

  test('an unknown status is refused, a missing one too, and an order status is counted', () => {
    expect(code(oru({ obr: { 25: 'Q' }, lines: tx('F', 'x') }))).toBe('OVR_STATUS_UNKNOWN');
    expect(code(oru({ obr: { 25: '' } }))).toBe('OVR_STATUS_MISSING');
    expect(code(oru({ obr: { 25: 'I' } }))).toBe('status');
  });

  test('sources by rule: the first pattern that matches its field', () => {
    const rules = feed({
      sourceRules: [
        { field: 'OBR-32', matches: '^Drafter', kind: 'ai' },
        { field: 'OBX-16', matches: '^T\\d', kind: 'resident' },
      ],
    });
    const drafted = version(oru({ obr: { 25: 'P', 32: 'Drafter^v2' }, lines: tx('P', 'x') }), [rules]);
    expect(drafted.source).toMatchObject({ kind: 'ai', generator: { name: 'Drafter', version: 'unknown' } });
    const line = 'OBX|1|TX|&GDT||x||||||P|||||T99^POE';
    expect(version(oru({ obr: { 25: 'P' }, lines: [line] }), [rules]).source.kind).toBe('resident');
    expect(version(oru({ obr: { 25: 'P' }, lines: tx('P', 'x') }), [rules]).source.kind).toBe('unknown');
    expect(version(oru({ lines: tx('F', 'x') }), [rules]).source.kind).toBe('radiologist');
  });

  test('MSH-11 T and D are kept apart from production, which they never hide', () => {
    const lines = tx('F', 'x');
    const [production, training] = ['P', 'T'].map((p) => version(oru({ msh: { 10: p }, lines })));
    expect([production?.processing, training?.processing]).toEqual(['P', 'T']);
    expect(production?.id).not.toBe(training?.id);
    expect(version(oru({ msh: { 10: 'PROD' }, lines })).flags).toEqual(['unknown_processing_id']);
  });

  test('the same report has the same id by any control id and listener, another text has another', () => {
    const lines = tx('F', 'x');
    const first = version(oru({ lines }));
    expect(version(oru({ msh: { 9: 'M2' }, lines, end: '\n' })).id).toBe(first.id);
    expect(version(oru({ lines: tx('F', 'y') })).id).not.toBe(first.id);
    expect(first.controlId).toBe('M1');
  });
});

describe('addenda', () => {
  test('an addendum alone is a part', () => {
    const lines = ['OBX|1|TX|&ADT||Small nodule.||||||F', 'OBX|2|TX|&ADT||Follow-up in a year.||||||F'];
    const addendum = version(oru({ lines }));
    expect(addendum).toMatchObject({ role: 'addendum', scope: 'part' });
    expect(sectionTexts(addendum)).toEqual(['addendum: Small nodule.\nFollow-up in a year.']);
  });

  test('an addendum before the repeated report is the whole', () => {
    const lines = ['OBX|1|TX|&ADT||Small nodule.||||||F', ...tx('F', ...NARRATIVE)];
    expect(version(oru({ lines }))).toMatchObject({ role: 'addendum', scope: 'whole' });
  });

  test('a heading inside the text says it as well as a code', () => {
    expect(version(oru({ lines: tx('F', 'ADDENDUM: Small nodule.') }))).toMatchObject({
      role: 'addendum',
      scope: 'part',
    });
  });
});

describe('documents (MDM)', () => {
  const mdm = (event: string, lines: string[], txa = 'AU') =>
    [
      `MSH|^~\\&|RIS|NORTH|||20260201103000||MDM^${event}|M1|P|2.5`,
      'PID|1||4711||DOE^JO||19600615|F',
      'ORC|RE|PL100|ACC100',
      'OBR|1|PL100|ACC100|XR1^CHEST PA',
      `TXA|1|DI|TX|20260201102900||||||||DOC1|||||${txa}`,
      ...lines,
    ].join('\r');
  const text = ['OBX|1|TX|18748-4^Report^LN||Lungs clear.||||||F'];

  test.each([
    ['T02', 'final', 'whole'],
    ['T06', 'addendum', 'part'],
    ['T08', 'corrected', 'whole'],
    ['T10', 'corrected', 'whole'],
    ['T11', 'withdrawn', 'whole'],
  ])('%s is %s, %s', (event, role, scope) => {
    expect(version(mdm(event, text))).toMatchObject({ role, scope, text: 'Lungs clear.' });
  });

  test('EVN-1 names the event of a sender that only knows T02', () => {
    const replaced = mdm('T02', text).replace('\rPID', '\rEVN|T10\rPID');
    expect(version(replaced).role).toBe('corrected');
  });

  test('a status change promotes; a notification without content is counted', () => {
    expect(version(mdm('T03', []))).toMatchObject({ role: 'final', text: null });
    expect(code(mdm('T01', []))).toBe('notification_only');
    expect(version(mdm('T02', [], 'IP'))).toMatchObject({ role: 'preliminary' });
  });
});

describe('identifiers', () => {
  const values = (text: string, feeds = [HUMAN]) =>
    version(text, feeds).aliases.map((a) => `${a.kind} ${a.value}`);

  test('several orders with one text are one version with all their accessions', () => {
    const second = 'OBR|2|PL101|ACC101|XR2^CHEST LATERAL|||20260201095500|||||||||||||||||CR|F';
    const text = oru({ lines: [...tx('F', 'Both clear.'), second] });
    expect(values(text)).toEqual(['accession ACC100', 'accession ACC101', 'placer PL100', 'placer PL101']);
    expect(version(text).exam.description).toBe('CHEST PA; CHEST LATERAL');
    expect(values(oru({ lines: [second, ...tx('F', 'Both clear.')] }))).toHaveLength(4);
  });

  test('several orders with texts of their own are several versions', () => {
    const second = 'OBR|2|PL101|ACC101|XR2^HAND|||20260201095500|||||||||||||||||CR|F';
    const both = versionsOf(
      run(bytes(oru({ lines: [...tx('F', 'Lungs clear.'), second, ...tx('F', 'No fracture.')] })), [HUMAN]),
    );
    expect(both.map((v) => [v.aliases[0]?.value, v.text])).toEqual([
      ['ACC100', 'Lungs clear.'],
      ['ACC101', 'No fracture.'],
    ]);
  });

  test('orders that only change status are not one study', () => {
    const both = versionsOf(run(bytes(oru({ lines: [`OBR|2||ACC101${'|'.repeat(22)}F`] })), [HUMAN]));
    expect(both.map((v) => v.aliases[0]?.value)).toEqual(['ACC100', 'ACC101']);
  });

  test('what is no valid number is none, and no identifier at all is refused', () => {
    expect(
      values(oru({ obr: { 3: 'see note', 2: '' }, lines: ['ZDS|1.2.840.1^EPIC^APPLICATION^DICOM'] })),
    ).toEqual(['study_uid 1.2.840.1']);
    expect(values(oru({ lines: [`ZDS|${'1.'.repeat(40)}1`] }))).not.toContain('study_uid');
    expect(code(oru({ obr: { 2: '', 3: '' }, lines: tx('F', 'x') }))).toBe('OVR_IDENTIFIER_MISSING');
    expect(code(oru({ obr: { 2: '', 3: '{AccessionNumber}' }, lines: tx('F', 'x') }))).toBe(
      'OVR_TEMPLATE_UNFILLED',
    );
  });

  test('the Study UID of IHE RD is no part of the text', () => {
    const lines = ['OBX|1|ST|113014^DICOM Study^DCM||1.2.840.1||||||O', ...tx('F', 'x')];
    expect(version(oru({ lines }))).toMatchObject({ text: 'x' });
    expect(values(oru({ lines }))).toContain('study_uid 1.2.840.1');
  });

  test('OBX by code and other paths are read as the feed says', () => {
    const rules = feed({
      sourceKind: 'radiologist',
      identifiers: { accession: ['OBX[ACC]-5', 'OBR-18'], studyUid: [], placer: [] },
      text: { skipCodes: ['ACC'] },
    });
    expect(values(oru({ obr: { 18: 'A18' }, lines: ['OBX|1|ST|ACC||A99||||||F'] }), [rules])).toEqual([
      'accession A99',
    ]);
    expect(values(oru({ obr: { 18: 'A18' } }), [rules])).toEqual(['accession A18']);
  });
});

describe('text', () => {
  const words = (lines: string[], text: Record<string, unknown> = {}) =>
    version(oru({ lines }), [feed({ sourceKind: 'radiologist', text })]);

  test('repetitions are lines in TX and FT, and stay as they are in ST or where the feed says so', () => {
    expect(words(['OBX|1|FT|||a~b||||||F', 'OBX|2|ST|||~3 cm||||||F']).text).toBe('a\nb\n~3 cm');
    expect(words(['OBX|1|TX|||a~b||||||F'], { repetitionIsNewline: false }).text).toBe('a~b');
  });

  test('paragraphs, wraps and lines of a letterhead are as the feed says', () => {
    const wrapped = 'OBX|1|TX|||No acute\n    fracture.||||||F';
    expect(words([wrapped]).text).toBe('No acute\n    fracture.');
    expect(words([wrapped], { reflow: true }).text).toBe('No acute fracture.');
    expect(words(tx('F', 'a', 'b'), { joiner: 'paragraph' }).text).toBe('a\n\nb');
    const dropped = words(tx('F', 'NORTH HOSPITAL', 'Clear.'), { dropLines: ['^north hospital'] });
    expect([dropped.text, dropped.flags]).toEqual(['Clear.', ['lines_dropped']]);
  });

  test('coded observations give their text, NTE only where the feed takes it', () => {
    const lines = ['OBX|1|CWE|71020&IMP||C1^Mass^L~^Effusion||||||F', 'NTE|1||Called to ward.'];
    expect(words(lines)).toMatchObject({ text: 'Mass\nEffusion', flags: ['coded_text'] });
    expect(words(lines, { types: ['CWE', 'NTE'] }).text).toBe('Mass\nEffusion\nCalled to ward.');
  });

  test('answers to order questions are context, not report', () => {
    const asked = words(['OBX|1|ST|INDICATIONS^Clinical indications||Cough||||||F', ...tx('F', 'Clear.')]);
    expect([asked.text, asked.context.indication]).toEqual(['Clear.', 'Cough']);
    expect(words(tx('F', 'INDICATION: Fall.', 'FINDINGS: Clear.')).context.indication).toBe('Fall.');
  });

  test('body lines behind the impression are the signature, unless the impression came first', () => {
    const line = (code: string, text: string) => `OBX|1|TX|&${code}||${text}||||||F`;
    expect(
      sectionTexts(words([line('GDT', 'Clear.'), line('IMP', 'Normal.'), line('GDT', 'Sam Roe')])),
    ).toEqual(['findings: Clear.', 'impression: Normal.', 'signature: Sam Roe']);
    expect(sectionTexts(words([line('IMP', 'Normal.'), line('GDT', 'Clear.')]))).toEqual([
      'impression: Normal.',
      'findings: Clear.',
    ]);
  });

  test("a feed's own codes and headings are added", () => {
    const rules = feed({
      sourceKind: 'radiologist',
      sections: { BEFUND: 'findings', BEURTEILUNG: 'impression' },
    });
    const text = oru({ lines: [...tx('F', 'Beurteilung: Normal.'), 'OBX|2|TX|&BEFUND||Frei.||||||F'] });
    expect(sectionTexts(version(text, [rules]))).toEqual([
      'impression: Beurteilung: Normal.',
      'findings: Frei.',
    ]);
  });

  test('an unfilled placeholder in a text is flagged, a known placeholder text is no report', () => {
    expect(words(tx('F', 'Lungs: {finding text}')).flags).toEqual(['unfilled_template']);
    const rules = feed({ sourceKind: 'radiologist', notReport: ['see scanned document\\.?'] });
    expect(code(oru({ lines: tx('F', 'See scanned document.') }), [rules])).toBe('not_a_report');
    expect(code(oru({ lines: tx('F', 'Clear. See scanned document.') }), [rules])).toBe('');
  });

  test('a score alone is nothing to compare', () => {
    expect(code(oru({ obr: { 25: 'P' }, lines: ['OBX|1|NM|S^Score||50||||||P'] }), [AI])).toBe('no_text');
    expect(code(oru({ obr: { 25: 'P' } }), [AI])).toBe('no_text');
  });
});

describe('encapsulated documents', () => {
  const types = ['TX', 'ED'];
  const ed = (content: string | Buffer, encoding = 'Base64') =>
    `OBX|1|ED|18748-4^Report^LN||RIS^text^^${encoding}^${encoding === 'Base64' ? Buffer.from(content).toString('base64') : content}||||||F`;
  const read = (line: string) =>
    version(oru({ lines: [line] }), [feed({ sourceKind: 'radiologist', text: { types } })]);
  const refused = (line: string) =>
    code(oru({ lines: [line] }), [feed({ sourceKind: 'radiologist', text: { types } })]);

  test('plain text in base64 is read with its headings', () => {
    const document = read(ed('FINDINGS:\r\nCœur normal.\r\nIMPRESSION:\r\nNormal.'));
    expect(document.flags).toEqual(['text_document']);
    expect(sectionTexts(document)).toEqual([
      'findings: FINDINGS:\nCœur normal.',
      'impression: IMPRESSION:\nNormal.',
    ]);
  });

  test('a CDA gives titles and texts of its sections, and its order numbers', () => {
    const cda = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY bad SYSTEM "file:///etc/passwd">]>
      <ClinicalDocument xmlns="urn:hl7-org:v3"><title>Report</title>
      <inFulfillmentOf><order><id root="1.2" extension="ACC555"/></order></inFulfillmentOf>
      <component><structuredBody>
        <component><section><code code="59776-5"/><title>Findings</title><!-- <text>no</text> -->
          <text><paragraph>Heart &lt; 50&#37; &amp; clear &bad;</paragraph><list><item>One</item><item>Two</item></list></text></section></component>
        <component><section><code code="19005-8"/><title>Impression</title><text>No <content>acute</content><br/>disease</text></section></component>
      </structuredBody></component></ClinicalDocument>`;
    const document = read(ed(cda));
    expect(sectionTexts(document)).toEqual([
      'findings: Findings\nHeart < 50% & clear &bad;\nOne\nTwo',
      'impression: Impression\nNo acute\ndisease',
    ]);
    expect(document.aliases.map((a) => a.value)).toContain('ACC555');
  });

  test.each([
    ['a PDF', ed('%PDF-1.4 made up')],
    ['nothing', ed('')],
    ['broken base64', ed('***', 'Base64').replace('Kioq', '*=*')],
    ['an image', ed(Buffer.from([0xff, 0xd8, 0, 1]))],
    ['RTF', ed('{\\rtf1 x}')],
    [
      'a CDA around a PDF',
      ed(
        `<ClinicalDocument><component><nonXMLBody><text mediaType="application/pdf" representation="B64">${Buffer.from('%PDF-1.4').toString('base64')}</text></nonXMLBody></component></ClinicalDocument>`,
      ),
    ],
    ['a pointer', 'OBX|1|RP|||ACC100^UK^ZB||||||F'],
  ])('%s alone is refused, and never promotes a draft', (_, line) => {
    expect(refused(line)).toBe('OVR_DOCUMENT_NOT_TEXT');
  });

  test('a PDF beside the text is flagged', () => {
    const both = oru({ lines: [ed('%PDF-1.4'), ...tx('F', 'Clear.')] });
    expect(version(both, [feed({ sourceKind: 'radiologist', text: { types } })])).toMatchObject({
      text: 'Clear.',
      flags: ['pdf_document'],
    });
  });
});

describe('charsets end to end', () => {
  test.each([
    ['8859/1', Buffer.from('caf\xe9 \x92', 'latin1'), 'café ’'],
    ['GB 18030-2000', Buffer.from([0xb7, 0xce]), '肺'],
    ['ISO IR87', Buffer.from([0x1b, 0x24, 0x42, 0x47, 0x59, 0x1b, 0x28, 0x42]), '肺'],
  ])('%s', (charset, word, expected) => {
    const [before, after] = oru({ msh: { 17: charset }, lines: tx('F', '@') }).split('@');
    const raw = Buffer.concat([Buffer.from(before ?? ''), word, Buffer.from(after ?? '')]);
    expect(onlyVersion(run(raw, [HUMAN])).text).toBe(expected);
  });

  test('the feed overrules a header that lies', () => {
    const rules = feed({ sourceKind: 'radiologist', charset: 'UNICODE UTF-8' });
    expect(version(oru({ msh: { 17: '8859/1' }, lines: tx('F', 'é') }), [rules]).text).toBe('é');
  });
});
