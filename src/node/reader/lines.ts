import type { Readable } from 'node:stream';
import { LONGEST_LINE } from './protocol.js';

/** Calls for each whole line, in order; ends with the stream, or with an error where a line has no end. */
export async function eachLine(stream: Readable, take: (line: string) => Promise<void> | void): Promise<void> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      parts.push(rest.subarray(0, end));
      const line = Buffer.concat(parts).toString('utf8');
      parts.length = 0;
      length = 0;
      rest = rest.subarray(end + 1);
      await take(line);
    }
    parts.push(rest);
    length += rest.length;
    if (length > LONGEST_LINE) throw new Error('a line without an end');
  }
}
