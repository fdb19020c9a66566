/** A file of byte strings: each behind its length, 4 bytes big-endian. */

export function writeRecords(records: readonly Uint8Array[]): Uint8Array {
  const parts = records.flatMap((record) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(record.length);
    return [head, record];
  });
  return Buffer.concat(parts);
}

/** Each record in memory of its own. Throws RangeError at a record that is cut off. */
export function readRecords(file: Uint8Array): readonly Uint8Array[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) throw new RangeError('the last record is cut off');
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('the last record is cut off');
    records.push(Uint8Array.from(bytes.subarray(at + 4, end)));
    at = end;
  }
  return records;
}
