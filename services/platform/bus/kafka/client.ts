import type { Kafka as KafkaClient, LogEntry } from 'kafkajs';
import type { Logger } from '../../logger.js';
import { Kafka, logLevel } from './kafkajs.js';

const LEVELS = {
  [logLevel.ERROR]: 'warn',
  [logLevel.WARN]: 'info',
} as const;

/**
 * kafkajs writes an error for each try it then repeats by itself, so its levels are lowered by one; what we do about
 * a lasting outage is logged by us.
 */
function logTo(logger: Logger): (entry: LogEntry) => void {
  return ({ level, namespace, log }) => {
    const own = level === logLevel.ERROR || level === logLevel.WARN ? LEVELS[level] : 'debug';
    logger[own]({ part: `kafka ${namespace}`.trim() }, log.message);
  };
}

/** Retries end within about 10 s, so that our own supervision decides. */
export function createClient(brokers: readonly string[], logger: Logger): KafkaClient {
  return new Kafka({
    clientId: 'overread',
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.INFO,
    logCreator: () => logTo(logger),
  });
}

/**
 * kafkajs gives setTimeout a negative delay at each connect; Node 24 warns of it, and the delay becomes 1 ms
 * (tulios/kafkajs#1751). Every other warning is shown as before. Once a process is enough.
 */
export function muffleTimeoutWarnings(emitter: NodeJS.EventEmitter = process): void {
  const listeners = emitter.listeners('warning');
  if (listeners.some((listener) => listener.name === withoutTimeoutWarning.name)) return;
  function withoutTimeoutWarning(warning: Error) {
    if (warning.name === 'TimeoutNegativeWarning') return;
    for (const listener of listeners) listener.call(emitter, warning);
  }
  emitter.removeAllListeners('warning');
  emitter.on('warning', withoutTimeoutWarning);
}
