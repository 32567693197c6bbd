import { z } from 'zod';
import { Aspect, Significance } from '../../../contracts/index.js';

const Terms = z.array(z.string().min(1));
export const Tier = Significance.exclude(['none']);
export type Tier = z.infer<typeof Tier>;
export const Side = z.enum(['left', 'right']);
export type Side = z.infer<typeof Side>;
export const DEGREES = ['trace', 'mild', 'moderate', 'severe'] as const;
export const Change = z.enum(['new', 'worse', 'better', 'resolved', 'stable']);
export type Change = z.infer<typeof Change>;

/** The first rule whose every condition holds moves a finding to another tier. `indication` holds words of it. */
const TierRule = z.strictObject({
  tier: Tier,
  degrees: z.array(z.enum(DEGREES)).optional(),
  qualifiers: z.array(z.string()).optional(),
  indication: Terms.optional(),
  ageUnder: z.number().optional(),
  ageOver: z.number().optional(),
});

export const FindingEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** A general "normal" about this structure speaks against the finding. */
  structure: z.string(),
  tier: Tier,
  terms: Terms,
  when: z.array(TierRule).default([]),
  /** Said of a structure in separate words: "the heart is enlarged". */
  combinations: z.array(z.strictObject({ structure: z.string(), words: Terms })).default([]),
  /** "Definite" against "possible" changes what is done. */
  certaintyMatters: z.boolean().default(false),
});
export type FindingEntry = z.infer<typeof FindingEntry>;

/** `same`: either word will do; `generic`: one is the vaguer word; `differs`: one taken for the other matters. */
const Relation = z.strictObject({
  between: z.tuple([z.string(), z.string()]),
  is: z.enum(['same', 'generic', 'differs']),
  tier: Tier.optional(),
});

const Findings = z.strictObject({ findings: z.array(FindingEntry), relations: z.array(Relation) });

const Anatomy = z.strictObject({
  sides: z.array(z.strictObject({ terms: Terms, sides: z.array(Side) })),
  /**
   * `levels` count from the apex (1) to the base (5) of the lung; sites of one frame without a common level are
   * apart, adjacent when the levels touch. Sites without levels are apart when they are not the same.
   */
  sites: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      terms: z.array(z.strictObject({ term: z.string(), sides: z.array(Side).optional() })),
      frame: z.string(),
      levels: z.array(z.number()),
    }),
  ),
  /** Vertebrae by letter: first and last place in the column. */
  spine: z.record(z.string(), z.tuple([z.number(), z.number()])),
  structures: z.array(z.strictObject({ id: z.string(), name: z.string(), terms: Terms })),
});

const Devices = z.strictObject({
  devices: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      terms: Terms,
      /** Acted on when wrong; false for hardware that only lies there. */
      support: z.boolean(),
      aboveCarinaMm: z.tuple([z.number(), z.number()]).optional(),
      good: Terms,
      bad: Terms,
    }),
  ),
  good: Terms,
  bad: Terms,
});

const Normals = z.strictObject({
  words: Terms,
  statements: z.array(z.strictObject({ covers: z.array(z.string()), terms: Terms })),
});

const Directed = z.strictObject({ forward: Terms, backward: Terms });
const Modifiers = z.strictObject({
  negation: z.strictObject({ ...Directed.shape, weak: Terms }),
  certainty: z.strictObject({ possible: Directed, probable: Directed }),
  change: z.record(Change, Terms),
  degrees: z.record(z.enum(DEGREES), Terms),
  qualifiers: z.array(z.strictObject({ id: z.string(), axis: z.string(), terms: Terms })),
  advice: z.strictObject({
    triggers: Terms,
    /** Advice without a test or an interval. */
    alone: Terms,
    boilerplate: Terms,
    tests: z.array(
      z.strictObject({ id: z.string(), name: z.string(), terms: Terms, follows: z.boolean().default(false) }),
    ),
    urgent: Terms,
    unitsInDays: z.record(z.string(), z.number()),
  }),
  boundaries: z.strictObject({ either: Terms, soft: Terms, hard: Terms, verbs: Terms }),
  stopWords: Terms,
});

const Report = z.strictObject({
  headings: z.record(z.string(), Terms),
  silentSections: Terms,
  abbreviations: Terms,
  spelling: z.array(z.tuple([z.string(), z.string()])),
  numerals: z.record(z.string(), z.string()),
});

const Gate = z.strictObject({
  refusals: Terms,
  placeholders: Terms,
  cues: Terms,
  regions: z.record(z.string(), Terms),
  sex: z.strictObject({ F: Terms, M: Terms }),
  english: Terms,
  foreign: Terms,
});

/** What the metric knows of words: one part a file under `vocabulary/`. */
export const Vocabulary = z.strictObject({
  findings: Findings,
  anatomy: Anatomy,
  devices: Devices,
  normals: Normals,
  modifiers: Modifiers,
  report: Report,
  gate: Gate,
});
export type Vocabulary = z.infer<typeof Vocabulary>;

const Share = z.number().min(0).max(1);
const CellTier = z.union([Tier, z.literal('as finding')]);

/** What a difference is worth: sites may re-tier by handing in another table. */
export const SignificanceTable = z.strictObject({
  /** Aspect (and `unread`), then the case; `as finding` takes the tier of the finding it is said of. */
  cells: z.record(z.union([Aspect, z.literal('unread')]), z.record(z.string(), CellTier)),
  axes: z.record(
    z.string(),
    z.strictObject({ aspect: Aspect, tier: Tier, oneSided: z.boolean().default(false) }),
  ),
  severitySteps: z.number().int(),
  measurement: z.strictObject({
    sizeDecides: Terms,
    bands: z.array(
      z.strictObject({ belowMm: z.number(), apartMm: z.number().optional(), apartShare: Share.optional() }),
    ),
    thresholdsMm: z.record(z.string(), z.array(z.number())),
    /** A threshold counts as crossed only by more than rounding. */
    thresholdSlackMm: z.number(),
    otherwise: z.strictObject({ apartMm: z.number(), apartShare: Share }),
  }),
  confidence: z.strictObject({
    opposed: Share,
    attribute: Share,
    absent: Share,
    weak: Share,
    advice: Share,
    device: Share,
    minor: Share,
    unread: Share,
    unreadOpposed: Share,
  }),
  /** Evidence to probability at a prevalence of one half, piecewise linear; both operating points on that scale. */
  calibration: z.strictObject({ knots: z.array(z.tuple([Share, Share])), balanced: Share, alerting: Share }),
  divergence: z.strictObject({ urgent: Share, actionable: Share, minor: Share }),
  limits: z.strictObject({
    candidates: z.number().int(),
    spans: z.number().int(),
    unread: z.number().int(),
    discrepancies: z.number().int(),
  }),
});
export type SignificanceTable = z.infer<typeof SignificanceTable>;
