import { crc32 } from 'node:zlib';

interface Entry {
  readonly name: string;
  readonly text: string;
}

/** A ZIP file (PKWARE appnote 6.3) of texts, stored as they are, without times: the same texts give the same bytes. */
export function zip(entries: readonly Entry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text } of entries) {
    const body = Buffer.from(text, 'utf8');
    const label = Buffer.from(name, 'utf8');
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0); // version that reads it
    head.writeUInt16LE(0x0800, 2); // names in UTF-8
    head.writeUInt16LE(0, 4); // stored
    head.writeUInt16LE(0, 6); // no time
    head.writeUInt16LE(0x21, 8); // 1980-01-01, the earliest date there is
    head.writeUInt32LE(crc32(body), 10);
    head.writeUInt32LE(body.length, 14);
    head.writeUInt32LE(body.length, 18);
    head.writeUInt16LE(label.length, 22);
    parts.push(Buffer.from('PK\u0003\u0004', 'latin1'), head, label, body);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), head, tail, label);
    offset += 30 + label.length + body.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listing, Buffer.from('PK\u0005\u0006', 'latin1'), end]);
}
