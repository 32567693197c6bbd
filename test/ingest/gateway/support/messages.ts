/** A made-up report message; every part can be replaced. */
export function hl7(
  controlId: string,
  { application = 'MADEUP', text = 'No pneumothorax.', type = 'ORU^R01', tail = '' } = {},
): Buffer {
  return Buffer.from(
    [
      `MSH|^~\\&|${application}|NORTH|OVERREAD|QA|20260102030405||${type}|${controlId}|P|2.5${tail}`,
      'PID|1||0000^^^MADEUP||DOE^TEST',
      `OBR|1||ACC-${controlId}|71045^XR CHEST`,
      `OBX|1|TX|GDT||${text}||||||F`,
      '',
    ].join('\r'),
    'utf8',
  );
}

const VT = Buffer.from([0x0b]);
const FS_CR = Buffer.from([0x1c, 0x0d]);

export function frame(message: Buffer | string): Buffer {
  return Buffer.concat([VT, typeof message === 'string' ? Buffer.from(message, 'latin1') : message, FS_CR]);
}

/** A message of about the size of a long report, 2.7 kB. */
export function longMessage(controlId: string): Buffer {
  return hl7(controlId, { text: 'The cardiac silhouette is within normal limits. '.repeat(53) });
}
