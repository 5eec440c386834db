import { closeSync, openSync, readSync } from 'node:fs';
import { known, unknown, type Reading } from '../../../core/model/reading.js';

let buffer = Buffer.allocUnsafe(256 * 1024);
const PAGE = 4096;
/** More than any file that is read here has on a sane host; a larger one is cut. */
const MOST = 16 * 1024 * 1024;

/**
 * Reads a file of /proc or /sys to its end into a buffer that is used again; the answer is valid until the next call.
 * Throws as openSync does. `record`: bytes that no record of the file exceeds; the kernel fills a page with whole ones,
 * so a first piece that leaves room for another is all, and need not be followed by an empty one.
 */
export function readBytes(path: string, record = PAGE): Buffer {
  const fd = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const n = readSync(fd, buffer, length, buffer.length - length, null);
      if (n === 0 || length + n >= MOST) return buffer.subarray(0, length + n);
      length += n;
      if (length === n && n < PAGE - record) return buffer.subarray(0, length);
      if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    }
  } finally {
    closeSync(fd);
  }
}

/** Why a file could not be read, in the model's words. ENOENT, ESRCH: it is not there. */
export function whyNot(error: unknown): 'denied' | 'absent' | 'unsupported' {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  if (code === 'EACCES' || code === 'EPERM') return 'denied';
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR' ? 'absent' : 'unsupported';
}

/** A file's text, parsed, with its path as source. */
export function readFile<T>(path: string, parse: (text: string) => T): Reading<T> {
  try {
    return known(parse(readBytes(path).toString('utf8')), path);
  } catch (error) {
    return unknown(whyNot(error), path);
  }
}
