import { closeSync, openSync, readSync } from 'node:fs';
import { MOST_BYTES } from '../core/model/open.js';

/** A file holds more than is read of any. */
export class TooLarge extends Error {
  readonly code = 'EFBIG';
}

const STEP = 1024 * 1024;

/**
 * A file's text (UTF-8), or that of a descriptor such as standard input (0). What is no plain file tells no size or a wrong
 * one, so the reading itself is bounded. Throws TooLarge past `most` bytes, and the system's errors as they are.
 */
export function boundedText(file: string | 0, most: number = MOST_BYTES): string {
  const opened = file === 0 ? 0 : openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; ;) {
      const chunk = Buffer.allocUnsafe(Math.min(STEP, most + 1 - size));
      const read = readSync(opened, chunk);
      if (read === 0) return Buffer.concat(chunks, size).toString('utf8');
      size += read;
      if (size > most) throw new TooLarge(`it is larger than ${most / 1024 / 1024} MB`);
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    if (file !== 0) closeSync(opened);
  }
}
