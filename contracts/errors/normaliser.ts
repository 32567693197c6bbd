import type { ErrorEntry } from './entry.js';

export const NORMALISER_ERRORS = {
  OVR_FEED_UNMATCHED: {
    what: 'no feed of the configuration matches a message',
    remedy:
      'Add or widen a feed (match: MSH-3, MSH-4, listener), try it with `overread normalise`, then retry',
    retry: false,
  },
  OVR_HL7_UNREADABLE: {
    what: 'a message cannot be read as one HL7 v2 message',
    remedy: 'Look at the dead letter; the detail names the place. Correct the sender',
    retry: false,
  },
  OVR_HL7_TOO_MANY_SEGMENTS: {
    what: 'a message has more segments than any report',
    remedy: 'Look at the dead letter; if it is a real report, let the sender put several lines in one OBX',
    retry: false,
  },
  OVR_STATUS_UNKNOWN: {
    what: 'a result status is not in the status map of its feed',
    remedy:
      'Ask the sender what the value means, add it to statusMap of the feed, then retry the dead letters',
    retry: false,
  },
  OVR_STATUS_MISSING: {
    what: 'a report has no result status in any field of statusFrom',
    remedy: 'Name the field that holds it in statusFrom of the feed, then retry the dead letters',
    retry: false,
  },
  OVR_IDENTIFIER_MISSING: {
    what: 'a report names no accession, Study Instance UID or placer number',
    remedy: 'Name the fields that hold them in identifiers of the feed; see accessionPattern too',
    retry: false,
  },
  OVR_TEMPLATE_UNFILLED: {
    what: 'a message is a template whose placeholders nobody filled',
    remedy: 'Tell the vendor of the generator: its interface sends {names} in place of values',
    retry: false,
  },
  OVR_DOCUMENT_NOT_TEXT: {
    what: 'a report is only a document without readable text (PDF, image, empty or broken encoding)',
    remedy: 'Ask the sender for the text as OBX of type TX or FT, or as a CDA; a PDF is not scored',
    retry: false,
  },
  OVR_MERGE_INCOMPLETE: {
    what: 'a patient merge does not name both patients',
    remedy: 'Look at the dead letter: PID-3 and MRG-1 must both hold a number',
    retry: false,
  },
  OVR_DICOM_UNREADABLE: {
    what: 'bytes are not a whole DICOM file',
    remedy: 'Look at the dead letter; it may be cut off or not be DICOM at all',
    retry: false,
  },
  OVR_DICOM_TOO_LARGE: {
    what: 'a deflated DICOM file is larger than the limit when inflated',
    remedy: 'Look at the dead letter; no structured report is that large',
    retry: false,
  },
  OVR_DICOM_TOO_DEEP: {
    what: 'a DICOM file is nested deeper than any report',
    remedy: 'Look at the dead letter; no structured report is nested like that',
    retry: false,
  },
  OVR_DICOM_NOT_A_REPORT: {
    what: 'a DICOM file is not a structured report',
    remedy: 'Send structured reports only; images, segmentations and key objects are not read',
    retry: false,
  },
  OVR_SUBMISSION_UNREADABLE: {
    what: 'a stored report submission is not what the API takes',
    remedy: 'Look at the dead letter; another version of the service may have accepted it',
    retry: false,
  },
  OVR_TRIAL_RUNNING: {
    what: 'rules are already being tried on stored messages',
    remedy: 'Wait for the other trial to end, a minute at most, and ask again',
    retry: true,
  },
  OVR_MEDIA_TYPE_UNKNOWN: {
    what: 'a message has a media type the normaliser does not read',
    remedy: 'Look at the dead letter; another version of the service may have stored it',
    retry: false,
  },
} as const satisfies Record<string, ErrorEntry>;
