import type { ErrorEntry } from './entry.js';

export const GATEWAY_ERRORS = {
  OVR_SPOOL_FULL: {
    what: 'the spool has reached its size limit',
    remedy: 'See why the bus takes nothing, then raise gateway.spool.maxBytes if the disk allows it',
    retry: true,
  },
  OVR_SPOOL_NO_SPACE: {
    what: 'the disk of the spool is full',
    remedy: 'Free space on it; the gateway goes on by itself, and senders repeat what was refused',
    retry: true,
  },
  OVR_SPOOL_WRITE_FAILED: {
    what: 'the spool cannot be written or synced',
    remedy: 'Check the disk, its mount and the rights of the folder',
    retry: true,
  },
  OVR_SPOOL_LOCKED: {
    what: 'the spool belongs to another running process',
    remedy: 'Give each gateway a dataDir of its own, or stop the other process',
    retry: false,
  },
  OVR_SPOOL_RECORD_SET_ASIDE: {
    what: 'bytes in the spool are not a whole record',
    remedy:
      'After a crash this is a message that was never acknowledged; at any other time check the disk. The bytes are in the folder torn of the spool',
    retry: false,
  },
  OVR_GATEWAY_UNAVAILABLE: {
    what: 'the gateway is starting, stopping or has failed',
    remedy: 'Send it again; if it stays so, look at the log',
    retry: true,
  },
  OVR_LISTEN_FAILED: {
    what: 'an address cannot be listened on',
    remedy: 'Check host and port of the listener, and the rights ports below 1024 need',
    retry: false,
  },
  OVR_ALLOW_LIST_INVALID: {
    what: 'an entry of an allow-list is neither an address nor a CIDR block',
    remedy: 'Write addresses such as 10.1.2.3 or 10.1.0.0/16',
    retry: false,
  },
  OVR_TLS_FILES_UNREADABLE: {
    what: 'certificate, key or CA of a listener cannot be used',
    remedy: 'Check that the files of its tls setting exist, can be read and belong together',
    retry: false,
  },
  OVR_HL7_NO_MSH: {
    what: 'a message does not begin with MSH',
    remedy: 'Look at the dead letter and correct the sender',
    retry: false,
  },
  OVR_MLLP_FRAME_CUT: {
    what: 'a frame was cut off before its end',
    remedy: 'Look at the dead letter; the sender has to repeat the message, it was not acknowledged',
    retry: false,
  },
  OVR_MLLP_FRAME_TIMEOUT: {
    what: 'the end of a frame did not come in time',
    remedy: 'Check the sender and the network, or raise messageTimeoutSeconds of the listener',
    retry: false,
  },
  OVR_MESSAGE_TOO_LARGE: {
    what: 'a message is larger than the limit',
    remedy:
      'Raise maxMessageBytes of its source, and the limits of the bus with it, or make the sender smaller',
    retry: false,
  },
  OVR_MESSAGE_TYPE_FORBIDDEN: {
    what: 'the feed forbids this message type',
    remedy: 'Stop sending it, or take it out of forbidTypes of the feed',
    retry: false,
  },
  OVR_FILE_UNKNOWN: {
    what: 'a file is neither HL7 nor DICOM',
    remedy: 'Look at it in the folder rejected, and keep other files out of the folder',
    retry: false,
  },
  OVR_FOLDER_UNREADABLE: {
    what: 'a folder cannot be read or written',
    remedy: 'Check that it exists and that the service may read, write and rename in it',
    retry: true,
  },
  OVR_DICOM_NOT_PART10: {
    what: 'a body is not a DICOM file',
    remedy: 'Send a DICOM Part 10 file: 128 bytes of preamble, then DICM',
    retry: false,
  },
  OVR_REPORT_INVALID: {
    what: 'a report is not what POST /api/v1/reports takes',
    remedy: 'Correct the fields the detail names; the API description lists all',
    retry: false,
  },
  OVR_SEVERAL_MESSAGES: {
    what: 'a request holds more than one message',
    remedy: 'Send one message a request; batches go over MLLP or into a folder',
    retry: false,
  },
  OVR_JSON_INVALID: {
    what: 'a body is not valid JSON',
    remedy: 'Send UTF-8 JSON with content type application/json',
    retry: false,
  },
  OVR_CONTENT_TYPE_UNSUPPORTED: {
    what: 'an endpoint does not take this content type',
    remedy: 'Send the content type the detail names',
    retry: false,
  },
  OVR_IDEMPOTENCY_KEY_REUSED: {
    what: 'an idempotency key came again with another body',
    remedy: 'Use a new key for a new report, and the same body when repeating one',
    retry: false,
  },
  OVR_KAFKA_READER_FAILED: {
    what: 'the reader of a Kafka topic has stopped and starts anew',
    remedy: 'Check brokers, topic, rights and compression (gzip or none) of the topic',
    retry: true,
  },
} as const satisfies Record<string, ErrorEntry>;
