import { createHash } from 'node:crypto';
import type { FeedConfig, ResultStatus, SectionName, SourceKind } from '../../../../contracts/index.js';
import { compilePath, type Path } from '../hl7/field-path.js';
import { type HeadingFinder, headingFinder } from '../text/headings.js';
import { type Zone, zoneOf } from './times.js';

/** Rises with every change of code that can change a version; reprocessing under a new one supersedes. */
const REVISION = 1;

/** A feed's configuration with its paths, patterns and zone made ready once. */
export type FeedRules = {
  readonly feed: FeedConfig;
  /** Revision of code and rules, as `ReportVersion.normaliser` records it. */
  readonly revision: string;
  readonly paths: {
    readonly accession: readonly Path[];
    readonly studyUid: readonly Path[];
    readonly placer: readonly Path[];
    readonly patient: readonly Path[];
    readonly radiologist: readonly Path[];
    readonly resident: readonly Path[];
    readonly modality: readonly Path[];
    readonly time: readonly Path[];
    readonly generatorName: readonly Path[];
    readonly generatorVersion: readonly Path[];
  };
  readonly sourceRules: readonly {
    readonly path: Path;
    readonly matches: RegExp;
    readonly kind: SourceKind;
  }[];
  readonly statuses: ReadonlyMap<string, ResultStatus>;
  readonly sections: ReadonlyMap<string, SectionName>;
  readonly accession: RegExp;
  readonly dropLines: readonly RegExp[];
  readonly notReport: readonly RegExp[];
  readonly onlyCodes: ReadonlySet<string>;
  readonly skipCodes: ReadonlySet<string>;
  readonly zone: Zone;
  readonly findHeadings: HeadingFinder;
};

const upper = (code: string) => code.trim().toUpperCase();
const paths = (texts: readonly string[]) => texts.map(compilePath);

export function feedRules(feed: FeedConfig): FeedRules {
  const hash = createHash('sha256').update(JSON.stringify(feed)).digest('hex').slice(0, 8);
  const sections = new Map(Object.entries(feed.sections).map(([code, name]) => [upper(code), name]));
  return {
    feed,
    revision: `${REVISION}+${hash}`,
    paths: {
      accession: paths(feed.identifiers.accession),
      studyUid: paths(feed.identifiers.studyUid),
      placer: paths(feed.identifiers.placer),
      patient: paths(feed.patient),
      radiologist: paths(feed.radiologist),
      resident: paths(feed.resident),
      modality: paths(feed.modality),
      time: paths(feed.time),
      generatorName: paths(feed.generator.namePaths),
      generatorVersion: paths(feed.generator.versionPaths),
    },
    sourceRules: feed.sourceRules.map((rule) => ({
      path: compilePath(rule.field),
      matches: new RegExp(rule.matches, 'iu'),
      kind: rule.kind,
    })),
    statuses: new Map(Object.entries(feed.statusMap).map(([raw, value]) => [upper(raw), value])),
    sections,
    accession: new RegExp(`^(?:${feed.identifiers.accessionPattern})$`, 'iu'),
    dropLines: feed.text.dropLines.map((pattern) => new RegExp(pattern, 'iu')),
    notReport: feed.notReport.map((pattern) => new RegExp(`^(?:${pattern})$`, 'ius')),
    onlyCodes: new Set(feed.text.onlyCodes.map(upper)),
    skipCodes: new Set(feed.text.skipCodes.map(upper)),
    zone: zoneOf(feed.timezone),
    findHeadings: headingFinder(sections),
  };
}
