import { z } from 'zod';
import { AcknowledgeRequest, AlertItem, AlertPage, AlertQuery } from './alerts.js';
import { Case } from './cases.js';
import { DeadLetterDetail, DeadLetterItem, DeadLetterPage, DeadLetterQuery } from './dead-letters.js';
import type { Endpoint } from './endpoint.js';
import { HealthSummary } from './health.js';
import { ReplayRequest, ReplayStatus } from './replay.js';
import { ScoreAnswer, ScoreRequest } from './score.js';
import { TrialAnswer, TrialRequest } from './trial.js';

const NOTHING = z.strictObject({});
const AlertParams = z.strictObject({ alertId: Id('alert') });
const CaseParams = z.strictObject({ pairId: Id('pair') });
const DeadLetterParams = z.strictObject({ deadLetterId: z.string().min(1).max(300) });

function Id(prefix: string) {
  return z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `an id like ${prefix}_…`);
}

/** The HTTP API of review. Alerts carry quotes of reports here: this API stands behind login, webhooks do not. */
export const REVIEW_API = {
  listAlerts: {
    method: 'get',
    path: '/api/v1/alerts',
    role: 'viewer',
    summary: 'Alerts, worst tier first, then oldest first',
    params: NOTHING,
    query: AlertQuery,
    body: null,
    status: 200,
    answer: AlertPage,
    errors: [],
  },
  getAlert: {
    method: 'get',
    path: '/api/v1/alerts/:alertId',
    role: 'viewer',
    summary: 'One alert',
    params: AlertParams,
    query: NOTHING,
    body: null,
    status: 200,
    answer: AlertItem,
    errors: ['OVR_NOT_FOUND'],
  },
  acknowledgeAlert: {
    method: 'post',
    path: '/api/v1/alerts/:alertId/acknowledge',
    role: 'reviewer',
    summary: 'Say that a person has looked at it as of this revision; a second time changes nothing',
    params: AlertParams,
    query: NOTHING,
    body: AcknowledgeRequest,
    status: 200,
    answer: AlertItem,
    errors: ['OVR_NOT_FOUND', 'OVR_ALERT_WITHDRAWN', 'OVR_ALERT_CHANGED'],
  },
  getCase: {
    method: 'get',
    path: '/api/v1/cases/:pairId',
    role: 'viewer',
    summary: 'A pair with both texts, its score, alerts and history; the look is audited',
    params: CaseParams,
    query: NOTHING,
    body: null,
    status: 200,
    answer: Case,
    errors: ['OVR_NOT_FOUND'],
  },
  score: {
    method: 'post',
    path: '/api/v1/score',
    role: 'reviewer',
    summary: 'Score two texts without storing them',
    params: NOTHING,
    query: NOTHING,
    body: ScoreRequest,
    status: 200,
    answer: ScoreAnswer,
    errors: ['OVR_BODY_TOO_LARGE', 'OVR_SCORING_BUSY', 'OVR_SCORING_STOPPED', 'OVR_SCORING_WORKER_FAILED'],
  },
  listDeadLetters: {
    method: 'get',
    path: '/api/v1/dead-letters',
    role: 'admin',
    summary: 'Events a stage gave up on, newest first',
    params: NOTHING,
    query: DeadLetterQuery,
    body: null,
    status: 200,
    answer: DeadLetterPage,
    errors: [],
  },
  getDeadLetter: {
    method: 'get',
    path: '/api/v1/dead-letters/:deadLetterId',
    role: 'admin',
    summary: 'One dead letter with the original bytes; the look is audited',
    params: DeadLetterParams,
    query: NOTHING,
    body: null,
    status: 200,
    answer: DeadLetterDetail,
    errors: ['OVR_NOT_FOUND'],
  },
  retryDeadLetter: {
    method: 'post',
    path: '/api/v1/dead-letters/:deadLetterId/retry',
    role: 'admin',
    summary: 'Put the original event back on its topic',
    params: DeadLetterParams,
    query: NOTHING,
    body: null,
    status: 200,
    answer: DeadLetterItem,
    errors: ['OVR_NOT_FOUND', 'OVR_DEAD_LETTER_DONE', 'OVR_EVENT_MALFORMED', 'OVR_BUS_UNAVAILABLE'],
  },
  startReplay: {
    method: 'post',
    path: '/api/v1/replay',
    role: 'admin',
    summary:
      'Put stored messages through the stages again, quietly: what they raise is recorded, nobody is told',
    params: NOTHING,
    query: NOTHING,
    body: ReplayRequest,
    status: 202,
    answer: ReplayStatus,
    errors: ['OVR_REPLAY_RUNNING'],
  },
  getReplay: {
    method: 'get',
    path: '/api/v1/replay',
    role: 'admin',
    summary: 'The latest replay since the service started',
    params: NOTHING,
    query: NOTHING,
    body: null,
    status: 200,
    answer: ReplayStatus,
    errors: ['OVR_NOT_FOUND'],
  },
  tryRules: {
    method: 'post',
    path: '/api/v1/normalise/trial',
    role: 'admin',
    summary: 'What changed feed rules would make of stored messages; nothing is stored or published; audited',
    params: NOTHING,
    query: NOTHING,
    body: TrialRequest,
    status: 200,
    answer: TrialAnswer,
    errors: ['OVR_TRIAL_RUNNING', 'OVR_BODY_TOO_LARGE', 'OVR_BUS_UNAVAILABLE'],
  },
  getHealth: {
    method: 'get',
    path: '/api/v1/health',
    role: 'viewer',
    summary: 'Feeds, unpaired reports, dead letters, deliveries and lag',
    params: NOTHING,
    query: NOTHING,
    body: null,
    status: 200,
    answer: HealthSummary,
    errors: [],
  },
} as const satisfies Record<string, Endpoint>;
