const VT = 0x0b;
const FS = 0x1c;

/**
 * The messages of a file: MLLP-framed ones as they are framed, else a new message at every line that begins with
 * `MSH` (several messages in one file, as logs and exports keep them). Bytes stay as they are.
 */
export function splitMessages(file: Buffer): readonly Buffer[] {
  return file.includes(VT) ? framed(file) : plain(file);
}

function framed(file: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let start = file.indexOf(VT); start >= 0; ) {
    const end = file.indexOf(FS, start);
    messages.push(file.subarray(start + 1, end < 0 ? file.length : end));
    start = end < 0 ? -1 : file.indexOf(VT, end);
  }
  return messages;
}

function plain(file: Buffer): Buffer[] {
  const starts: number[] = [];
  for (let at = file.indexOf('MSH'); at >= 0; at = file.indexOf('MSH', at + 1)) {
    const before = file[at - 1];
    if (at === 0 || before === 0x0d || before === 0x0a) starts.push(at);
  }
  if (starts.length === 0) return [file];
  // A byte order mark or blank lines before the first MSH belong to it.
  return starts.map((start, index) =>
    file.subarray(index === 0 ? 0 : start, starts[index + 1] ?? file.length),
  );
}
