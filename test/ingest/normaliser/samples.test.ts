import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MEDIA_TYPES, type Role, type SectionName } from '../../../contracts/index.js';
import { pseudonym } from '../../../services/platform/index.js';
import { samplesFolder } from '../../support/samples.js';
import { HASH_KEY, onlyVersion, run, sampleFeeds } from './support.js';

/**
 * Every public sample message, with values read off the files by a person. Hashes and lengths of the texts come from a
 * separate program that joins the raw fields; ranges of sections were counted in its output.
 */
type Expected = {
  readonly role: Role;
  readonly status: readonly [field: string, raw: string, value: string];
  readonly source: string;
  /** First component of the author's field, as the pseudonym is made of it. */
  readonly author: string | null;
  readonly accession: readonly string[];
  readonly studyUid: string | null;
  readonly modality: string | null;
  readonly patients: readonly string[];
  readonly context: readonly [age: number | null, sex: string | null, indication: string | null];
  readonly scope?: 'part';
  readonly processing?: 'D';
  readonly charset: string;
  readonly clock: string | null;
  readonly flags: readonly string[];
  readonly text: readonly [characters: number, sha256: string] | null;
  readonly sections: readonly (readonly [SectionName, number, number])[];
};

const HL7: Readonly<Record<string, Expected | string>> = {
  '01-scout-epic27-final-gdt-imp-tcm.hl7': {
    role: 'final',
    status: ['OBR-25', 'Final', 'final'],
    source: 'radiologist',
    author: 'D1458836',
    accession: ['620943129'],
    studyUid: '2.25.20533611345843065107189075526576070772',
    modality: 'MG',
    patients: ['ABC1234331', 'EPIC2603472'],
    context: [80, 'F', 'Chest pain'],
    charset: 'utf-8',
    clock: '2025-08-14T12:03:41.000Z',
    flags: [],
    text: [1524, 'c26b091bfbb92d6e783fdf95710eb8635a8e1f6c966955708a371dcb918e4b0f'],
    sections: [
      ['other', 0, 116],
      ['findings', 117, 848],
      ['impression', 851, 1312],
      ['signature', 1313, 1358],
      ['comment', 1359, 1524],
    ],
  },
  '02-scout-epic27-prelim-resident.hl7': {
    role: 'preliminary',
    status: ['OBR-25', 'Prelim', 'preliminary'],
    source: 'resident',
    author: 'T1067303',
    accession: ['620943181'],
    studyUid: '2.25.318672185260027303815661750696872427585',
    modality: 'CT',
    patients: ['ABC1234348', 'EPIC2603489'],
    context: [70, 'F', 'Chest pain'],
    charset: 'utf-8',
    clock: '2025-08-14T12:15:58.000Z',
    flags: [],
    text: [1416, 'f18968753ed85931ae9b510e4adf7a05fd4ade53a04cbeec6d2e9d4219a4daac'],
    sections: [
      ['other', 0, 85],
      ['findings', 86, 804],
      ['impression', 807, 1240],
      ['signature', 1241, 1285],
      ['comment', 1286, 1416],
    ],
  },
  '04-scout-epic27-addendum-final.hl7': {
    role: 'addendum',
    status: ['OBR-25', 'Final', 'final'],
    source: 'radiologist',
    author: 'D1458838',
    accession: ['620943177'],
    studyUid: '2.25.294907481242086090937208324724781073257',
    modality: 'MR',
    patients: ['ABC1234348', 'EPIC2603489'],
    context: [70, 'F', 'Chest pain'],
    charset: 'utf-8',
    clock: '2025-08-14T17:06:10.000Z',
    flags: [],
    text: [1884, '32cce39e55861536438f7ddd203a19b253eb131af1663074714c90de5b3bdbbd'],
    sections: [
      ['addendum', 0, 203],
      ['other', 204, 251],
      ['findings', 253, 1346],
      ['impression', 1349, 1840],
      ['signature', 1841, 1884],
    ],
  },
  '06-scout-23-fulltext-adn.hl7': {
    role: 'addendum',
    status: ['OBR-25', 'Final', 'final'],
    source: 'radiologist',
    author: 'D1458834',
    accession: ['620943146'],
    studyUid: null,
    modality: null,
    patients: ['9566026'],
    context: [75, 'M', 'Chest pain^Chest pain'],
    charset: 'utf-8',
    clock: '2025-08-14T16:54:10.000Z',
    flags: [],
    text: [1811, 'ff3bd8e9c5200d7f9bfc7403ffd5dd164a732361bf776903d077c465974ac91f'],
    sections: [
      ['addendum', 0, 121],
      ['other', 122, 191],
      ['findings', 193, 1110],
      ['impression', 1113, 1811],
    ],
  },
  '08-scout-24-powerscribe-tx-repeats.hl7': {
    role: 'final',
    status: ['OBX-11', 'F', 'final'],
    source: 'radiologist',
    author: 'D1458835',
    accession: ['620943170'],
    studyUid: null,
    modality: null,
    patients: ['ABC1234345', 'EPIC2603486'],
    context: [27, 'M', 'Chest pain'],
    charset: 'utf-8',
    clock: '2025-08-14T12:08:13.000Z',
    flags: [],
    text: [902, 'fc0bdfd98927871baaa32b52a2341af3dacfac5fb57479ae87d8213dcbc35302'],
    sections: [
      ['other', 0, 178],
      ['findings', 180, 508],
      ['impression', 511, 715],
      ['signature', 716, 892],
    ],
  },
  '10-scout-27-prelim-no-text-dg1.hl7': {
    role: 'preliminary',
    status: ['OBR-25', 'Prelim', 'preliminary'],
    source: 'resident',
    author: 'T1067303',
    accession: ['620943124'],
    studyUid: '2.25.292033105387505026017350455220872460973',
    modality: 'MR',
    patients: ['ABC1234330', 'EPIC2603471', '7209352'],
    context: [83, 'M', 'Chest pain'],
    charset: 'utf-8',
    clock: '2025-08-14T20:24:11.000Z',
    flags: ['status_only'],
    text: null,
    sections: [],
  },
  '11-scout-27-escape-T.hl7': {
    role: 'final',
    status: ['OBR-25', 'Final', 'final'],
    source: 'radiologist',
    author: 'D1458821',
    accession: ['620943147'],
    studyUid: '2.25.149240807491571156196743523494440958776',
    modality: 'XA',
    patients: ['ABC1234337', 'EPIC2603478', '7209359'],
    context: [75, 'M', 'Chest pain'],
    charset: 'utf-8',
    clock: '2025-08-14T19:07:22.000Z',
    flags: [],
    text: [1232, '9e2349d6bdd0e8042060280cc9c4b6330dc5948b05eecb3f2b6557ed20f7d0f6'],
    sections: [
      ['other', 0, 70],
      ['indication', 71, 187],
      ['impression', 189, 1188],
      ['signature', 1189, 1232],
    ],
  },
  '14-monai-insight-cxr-ai-prelim.hl7': {
    role: 'draft',
    status: ['OBR-25', 'P', 'preliminary'],
    source: 'ai INSIGHT CXR v3.1.5.3',
    author: null,
    accession: [],
    studyUid: '2.25.97606619386020057921123852316852071139',
    modality: null,
    patients: ['2.25.82866891564990604580806081805518233357'],
    context: [null, null, null],
    charset: 'utf-8',
    clock: '2023-11-30T00:13:15.000Z',
    flags: [],
    text: [368, 'e3c90fe08a3735eedf42adaa5d9ecc89be4720792315d171835d75bf042206b5'],
    sections: [['findings', 0, 367]],
  },
  '15-monai-azmed-rayvolve-template.hl7': 'OVR_TEMPLATE_UNFILLED',
  '16-hapi-radis1-22-three-obr.hl7': {
    role: 'preliminary',
    status: ['OBR-25', 'P', 'preliminary'],
    source: 'unknown',
    author: '202300',
    accession: ['0000000566', '0000000567', '0000000568'],
    studyUid: null,
    modality: null,
    patients: ['N00803'],
    context: [41, 'F', 'R/O TUMOR'],
    processing: 'D',
    charset: 'utf-8',
    clock: null,
    flags: ['source_time_too_old'],
    text: [164, '978e23dea8279f5ab877183c6440b96e1c36f04c1097a045bd0d441a794c5894'],
    sections: [
      ['findings', 0, 150],
      ['signature', 151, 164],
    ],
  },
  '17-msfhir-mdm-t02-prosolv-ed.hl7': 'OVR_DOCUMENT_NOT_TEXT',
  '18-ans-mdm-t02-radio-cda-base64.hl7': 'OVR_IDENTIFIER_MISSING',
  '21-powerscribe-rnsh-22-paragraph-ft.hl7': {
    role: 'final',
    status: ['OBX-11', 'F', 'final'],
    source: 'radiologist',
    author: 'DICT1',
    accession: ['06R076388'],
    studyUid: null,
    modality: null,
    patients: ['1313464'],
    context: [23, 'F', 'Fall, ? LOC.  On Aspirin.'],
    charset: 'utf-8',
    clock: null,
    flags: ['source_time_too_old'],
    text: [3341, '84039c0e9f44bdad936243d16f7ec28b8cae8828d890b740733e8bf44856979e'],
    sections: [
      ['other', 0, 28],
      ['indication', 29, 73],
      ['technique', 75, 263],
      ['findings', 264, 926],
      ['comment', 928, 1000],
      ['other', 1002, 1037],
      ['indication', 1038, 1116],
      ['technique', 1118, 1303],
      ['findings', 1304, 3008],
      ['comment', 3010, 3341],
    ],
  },
  '23-hl7spec-cxr-cwe-imp.hl7': {
    role: 'final',
    status: ['OBX-11', 'F', 'final'],
    source: 'radiologist',
    author: null,
    accession: ['78912'],
    studyUid: null,
    modality: null,
    patients: ['191919'],
    context: [null, 'M', null],
    charset: 'utf-8',
    clock: null,
    flags: ['coded_text', 'source_time_too_old'],
    text: [293, '3c7b22dd0b60e53313cc8987a93cbf25b94aeae63128172eef7ca3e2594ddf6b'],
    sections: [
      ['impression', 0, 66],
      ['findings', 67, 271],
      ['recommendation', 272, 293],
    ],
  },
  '27-uclh-epic-24-addendum-multi.hl7': {
    role: 'addendum',
    status: ['OBR-25', 'F', 'final'],
    source: 'radiologist',
    author: '16621',
    accession: ['RRV2666111'],
    studyUid: '1.2.840.114350.2.525.2.798268.2.154412111.1',
    modality: 'DX',
    patients: ['40800000'],
    context: [52, 'M', 'NG positioning'],
    charset: 'utf-8',
    clock: '2022-01-16T20:10:11.000Z',
    flags: [],
    text: [536, 'cfcb764c1e97d2100f6d1f58fbcdf7c3b8cba2d6396330c62cb892956a1d7069'],
    sections: [
      ['addendum', 0, 160],
      ['findings', 162, 407],
      ['impression', 409, 504],
      ['signature', 505, 536],
    ],
  },
  '28-uclh-epic-24-automated-report.hl7': 'not_a_report',
  '31-synth-ie-88591-br-and-pdf.hl7': {
    role: 'final',
    status: ['OBR-25', 'F', 'final'],
    source: 'radiologist',
    author: null,
    accession: ['RAD40501'],
    studyUid: null,
    modality: null,
    patients: ['5293016', '8317246WA'],
    context: [55, 'F', null],
    charset: 'windows-1252',
    clock: '2026-01-20T16:15:00.000Z',
    flags: ['document_not_read'],
    text: [159, '04e788b32daebde0156b5fe596dfcec4f89f619c050fa80e28db7b72add6b094'],
    sections: [
      ['findings', 0, 121],
      ['impression', 123, 159],
    ],
  },
};

const FLAGS = '(0040,A491) (0040,A493) (0040,A496)';

const DICOM: Readonly<Record<string, Expected | string>> = {
  '1-pydicom-reportsi.dcm': {
    role: 'preliminary',
    status: [FLAGS, 'PARTIAL UNVERIFIED', 'preliminary'],
    source: 'unknown',
    author: 'ENTER TEXT',
    accession: [],
    studyUid: '1.2.276.0.7230010.3.1.2.1787205428.166.1117461927.5',
    modality: null,
    patients: [],
    context: [null, 'O', null],
    charset: 'ISO_IR 100',
    clock: null,
    flags: ['source_time_too_old'],
    // "Section Heading:", "Enter text"
    text: [27, '791195920513f5ff3b6a836c5e2c2444ef1d1a6e4765cbabc3c0bc1789f97035'],
    sections: [['findings', 0, 27]],
  },
  '2-pydicom-test-SR.dcm': {
    role: 'corrected',
    status: [FLAGS, 'COMPLETE VERIFIED', 'corrected'],
    source: 'radiologist',
    author: 'JÖRG RIESMEIER',
    accession: [],
    studyUid: '1.2.276.0.7230010.3.1.4.2139363186.7819.982086466.2',
    modality: null,
    patients: [],
    context: [null, null, null],
    charset: 'ISO_IR 100',
    clock: null,
    flags: ['source_time_too_old'],
    text: [85, '9514fb0bd7c95aff1fa9721661e066d6042cf2e6ede7c61948268b592796469a'],
    sections: [['impression', 0, 85]],
  },
  '3-highdicom-sr_document.dcm': 'no_narrative',
  '5-dicomParser-deflate-report_dfl.dcm': {
    role: 'preliminary',
    status: [FLAGS, 'PARTIAL UNVERIFIED', 'preliminary'],
    source: 'unknown',
    author: 'DAVID M. PACKER M. D.',
    accession: [],
    studyUid: '1.2.276.0.7230010.3.1.4.2139363186.24419.973855257.14',
    modality: null,
    patients: [],
    context: [78, 'M', null],
    charset: 'ISO_IR 6',
    clock: null,
    flags: ['source_time_too_old'],
    text: [1459, '23fae2d3643c40b27f9c9451656ac74bfa0bf56183190f980aa681ba38eaceff'],
    sections: [
      ['findings', 0, 1037],
      ['impression', 1038, 1190],
      ['other', 1191, 1459],
    ],
  },
};

const folder = samplesFolder();
const inFolder = folder === null ? describe.skip : describe;

inFolder.each([
  ['hl7-samples', HL7, MEDIA_TYPES.hl7, { transport: 'mllp' }],
  ['dicom-samples', DICOM, MEDIA_TYPES.dicom, { transport: 'http', listener: 'dicom' }],
] as const)('%s', (name, table, mediaType, attributes) => {
  const place = join(folder ?? '', name);
  const feeds = sampleFeeds();

  test('the table has every file', () => {
    const files = readdirSync(place).filter((file) => !file.endsWith('.txt'));
    expect(Object.keys(table).sort()).toEqual(files.sort());
  });

  test.each(Object.entries(table))('%s', (file, expected) => {
    const result = run(readFileSync(join(place, file)), feeds, { mediaType, attributes });
    if (typeof expected === 'string') {
      const outcome = result.kind === 'accepted' ? result.ignored.join(' ') : result.error.code;
      expect(outcome).toBe(expected);
      return;
    }
    const version = onlyVersion(result);
    const site = version.site;
    const { kind, generator } = version.source;
    const aliases = (wanted: string) => version.aliases.filter((a) => a.kind === wanted).map((a) => a.value);
    const found: Expected = {
      role: version.role,
      status: [version.status.field, version.status.raw, version.status.value],
      source: generator === null ? kind : `${kind} ${generator.name} ${generator.version}`,
      author: expected.author,
      accession: aliases('accession'),
      studyUid: aliases('study_uid')[0] ?? null,
      modality: version.exam.modality,
      patients: expected.patients,
      context: [version.context.age, version.context.sex, version.context.indication],
      ...(version.scope === 'part' ? { scope: version.scope } : {}),
      ...(version.processing === 'D' ? { processing: version.processing } : {}),
      charset: version.charset,
      clock: version.times.source,
      flags: version.flags,
      text: version.text === null ? null : [version.text.length, version.textHash ?? ''],
      sections: version.sections.map((s) => [s.name, s.start, s.end] as const),
    };
    expect(found).toEqual(expected);
    expect(version.patients).toEqual(expected.patients.map((p) => pseudonym(HASH_KEY, 'patient', site, p)));
    expect(version.source.author).toBe(
      expected.author === null ? null : pseudonym(HASH_KEY, 'author', site, expected.author),
    );
  });
});
