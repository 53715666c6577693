/** GPT-2's byte alphabet: printable Latin-1 characters stand for themselves, every other byte for U+0100 and up. */
const BYTE_OF_CHARACTER = buildTable();

function buildTable(): Map<number, number> {
  const table = new Map<number, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    table.set(printable ? byte : next++, byte);
  }
  return table;
}

/** The bytes that a byte-level BPE token stands for; undefined if it holds a character outside of the alphabet. */
export function bytesOfByteLevelToken(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_OF_CHARACTER.get(token.charCodeAt(i));
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
