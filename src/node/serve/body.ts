import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/**
 * The body of a request as text, UTF-8; null where it has more than `most` bytes, empty where the sender broke off.
 * Read from the socket as it comes: the web's streams in between cost more than parsing what they carry.
 */
export async function bodyText(request: IncomingMessage, most: number): Promise<string | null> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > most) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) return null;
      chunks.push(chunk);
    }
  } catch {
    return '';
  }
  const bytes = Buffer.concat(chunks, size);
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
}
