import type { ErrorEntry } from './entry.js';

export const PLATFORM_ERRORS = {
  OVR_CONFIG_UNREADABLE: {
    what: 'the configuration file cannot be read',
    remedy: 'Check the path and that it is valid YAML; the detail names the line',
    retry: false,
  },
  OVR_CONFIG_INVALID: {
    what: 'the configuration has problems',
    remedy: 'Run `overread check-config` and mend every line it prints',
    retry: false,
  },
  OVR_SECRET_MISSING: {
    what: 'a secret is not in the environment',
    remedy: 'Set the environment variable the detail names',
    retry: false,
  },
  OVR_DATA_DIR_UNUSABLE: {
    what: 'the data folder cannot be made, read or written',
    remedy: 'Check dataDir, the disk under it, and that everything in it belongs to the user of the service',
    retry: false,
  },
  OVR_DATABASE_LOCKED: {
    what: 'the embedded database is open in another process',
    remedy: 'Stop the other process, or use the admin API of the running service',
    retry: false,
  },
  OVR_DATABASE_UNAVAILABLE: {
    what: 'the database does not answer',
    remedy: 'Check that it runs and that host, port, user and password are right',
    retry: true,
  },
  OVR_BUS_UNAVAILABLE: {
    what: 'the event bus does not answer',
    remedy: 'Check the brokers and the network; what was acknowledged waits in the spool',
    retry: true,
  },
  OVR_EVENT_MALFORMED: {
    what: 'an event does not have the shape its type demands',
    remedy: 'Look at the dead letter; an older or newer version of the service may have written it',
    retry: false,
  },
  OVR_EVENT_TOO_LARGE: {
    what: 'an event is larger than the bus may carry',
    remedy:
      'Raise bus.maxMessageBytes and max.message.bytes of the topic on the brokers, then retry the dead letter',
    retry: false,
  },
  OVR_HANDLER_FAILED: {
    what: 'a stage failed on an event again and again',
    remedy: 'Look at the dead letter and the log at its time, mend the cause, then retry it',
    retry: false,
  },
  OVR_PORT_IN_USE: {
    what: 'a port is in use',
    remedy: 'Choose another port or stop the program that holds it',
    retry: false,
  },
  OVR_UNSAFE_BINDING: {
    what: 'an address beyond loopback has no protection configured',
    remedy: 'Configure authentication, an allow-list or mutual TLS for it, or bind it to 127.0.0.1',
    retry: false,
  },
} as const satisfies Record<string, ErrorEntry>;
