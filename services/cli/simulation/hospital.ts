import { type ReportMessage, reportMessage, type SimulatedExam, type SimulatedMessage } from './messages.js';
import { ADDENDA, FAMILY_NAMES, GIVEN_NAMES } from './phrases.js';
import { createRandom, type Random } from './random.js';
import { composeReports } from './report-texts.js';

export type HospitalOptions = {
  readonly seed: number;
  readonly start: Date;
  /** Shares of studies, 0 to 1. */
  readonly significantRate: number;
  readonly uneditedRate: number;
  readonly preliminaryRate: number;
  readonly addendumRate: number;
  readonly correctionRate: number;
  readonly withdrawalRate: number;
  /** Shares of messages. */
  readonly resendRate: number;
  readonly outOfOrderRate: number;
};

export const HOSPITAL_DEFAULTS = {
  significantRate: 0.04,
  uneditedRate: 0.35,
  preliminaryRate: 0.1,
  addendumRate: 0.04,
  correctionRate: 0.02,
  withdrawalRate: 0.005,
  resendRate: 0.02,
  outOfOrderRate: 0.03,
} as const satisfies Omit<HospitalOptions, 'seed' | 'start'>;

const MINUTE_MS = 60_000;
/** Short, so that a fast run does not write its reports in the future. */
const STUDY_INTERVAL_MS = 10;

function exam(random: Random, number: number, options: HospitalOptions, indication: string): SimulatedExam {
  const id = `${options.seed}-${number}`;
  const year = 2020 - random.integer(1, 85);
  return {
    accession: `SIM${options.seed}A${number}`,
    // 2.25 is the UUID-derived root (DICOM PS3.5 B.2); these numbers belong to nobody.
    studyUid: `2.25.${options.seed}.${number}`,
    placer: `SIM${options.seed}P${number}`,
    patient: {
      number: `SIM-${id}`,
      name: `${random.pick(FAMILY_NAMES)}^${random.pick(GIVEN_NAMES)}`,
      birthDate: `${year}0615`,
      sex: random.pick(['F', 'M']),
    },
    indication,
    performedAt: new Date(options.start.getTime() + number * STUDY_INTERVAL_MS - 90 * MINUTE_MS),
  };
}

/**
 * A made-up hospital. Each call of `study` gives the messages of the next examination in the order they are sent:
 * usually draft, then final, sometimes with a preliminary, an addendum, a correction, a withdrawal, resends, or the
 * final before the draft. The same seed and start give the same bytes.
 */
export function createHospital(options: HospitalOptions): { study(): readonly SimulatedMessage[] } {
  const random = createRandom(options.seed);
  let studies = 0;
  let messages = 0;
  return {
    study() {
      studies += 1;
      const texts = composeReports(random, options.significantRate, options.uneditedRate);
      const examination = exam(random, studies, options, texts.indication);
      const at = (minutes: number) => new Date(examination.performedAt.getTime() + minutes * MINUTE_MS);
      const write = (
        what: SimulatedMessage['what'],
        part: Omit<ReportMessage, 'controlId' | 'exam'>,
      ): SimulatedMessage => {
        messages += 1;
        const controlId = `SIM${options.seed}M${messages}`;
        const hl7 = reportMessage({ ...part, controlId, exam: examination });
        return {
          sender: part.sender,
          what,
          accession: examination.accession,
          divergence: texts.divergence,
          hl7,
        };
      };
      const sent: SimulatedMessage[] = [
        write('draft', { sender: 'generator', status: 'P', writtenAt: at(2), text: texts.draft }),
      ];
      if (random.chance(options.preliminaryRate)) {
        sent.push(write('preliminary', { sender: 'ris', status: 'P', writtenAt: at(20), text: texts.final }));
      }
      const final = { sender: 'ris', text: texts.final } as const;
      sent.push(write('final', { ...final, status: 'F', writtenAt: at(30) }));
      if (random.chance(options.addendumRate)) {
        const addendum = random.pick(ADDENDA);
        sent.push(write('addendum', { ...final, status: 'F', writtenAt: at(50), addendum }));
      }
      if (random.chance(options.correctionRate)) {
        const text = `${texts.final}\nDictation errors corrected.`;
        sent.push(write('correction', { sender: 'ris', status: 'C', writtenAt: at(60), text }));
      }
      if (random.chance(options.withdrawalRate)) {
        sent.push(write('withdrawal', { ...final, status: 'X', writtenAt: at(70) }));
      }
      for (const message of [...sent]) {
        if (random.chance(options.resendRate)) sent.push({ ...message, what: 'resend' });
      }
      return random.chance(options.outOfOrderRate) ? sent.toReversed() : sent;
    },
  };
}
