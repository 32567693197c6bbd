import type { ErrorEntry } from './entry.js';

export const CLI_ERRORS = {
  OVR_RECEIVER_UNREACHABLE: {
    what: 'nothing answers at the address',
    remedy: 'Check host and port, and that the receiver listens beyond its own machine',
    retry: true,
  },
  OVR_NO_ACKNOWLEDGEMENT: {
    what: 'a message was not acknowledged',
    remedy: 'Look at the receiver; send the message again, a receiver that has it already keeps it once',
    retry: true,
  },
  OVR_SERVICE_UNREACHABLE: {
    what: 'the service does not answer',
    remedy: 'Check that `overread serve` runs, and give its address by --url or pages of the configuration',
    retry: true,
  },
  OVR_SERVICE_ANSWER_UNKNOWN: {
    what: 'what answers is not this service, or another version of it',
    remedy: 'Check the address; a proxy may stand before it. Use the command of the same version',
    retry: false,
  },
  OVR_FILE_UNREADABLE: {
    what: 'a file cannot be read',
    remedy: 'Check the path and the permissions',
    retry: false,
  },
} as const satisfies Record<string, ErrorEntry>;
