import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { UserError } from '../core/errors';
import { asUserError } from './systemError';

/**
 * The text of a UTF-8 file, unchanged (a byte order mark stays, because offsets count it). Throws a UserError for a file
 * that cannot be read, or that is not UTF-8, with the offset of the first wrong byte.
 */
export async function readUtf8(path: string): Promise<string> {
  return decodeUtf8(await readBytes(path), path);
}

/** The bytes of a file; a UserError if it cannot be read. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw asUserError(error, 'read', path);
  }
}

/** Strict decoding; `path` only names the culprit. */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const at = firstInvalidByte(bytes);
  const byte = bytes[at].toString(16).padStart(2, '0');
  throw new UserError(`${path} is not UTF-8 text: byte 0x${byte} at offset ${at}; save it as UTF-8`);
}

/** Decoding leniently and encoding again changes nothing up to the first broken character, which becomes U+FFFD. */
function firstInvalidByte(bytes: Uint8Array): number {
  const again = Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf8');
  let at = 0;
  while (at < bytes.length && again[at] === bytes[at]) at++;
  while (at > 0 && (again[at] & 0xc0) === 0x80) at--;
  return at;
}
