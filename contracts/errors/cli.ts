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
  OVR_FILE_UNREADABLE: {
    what: 'a file cannot be read',
    remedy: 'Check the path and the permissions',
    retry: false,
  },
} as const satisfies Record<string, ErrorEntry>;
