import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs a program on a file with these bytes, which is gone afterwards. `{}` in the arguments is the file. */
export function readBy(program: string, args: readonly string[], bytes: Uint8Array | string, name = 'file'): { readonly status: number | null; readonly out: Buffer; readonly err: string } {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-export-'));
  try {
    const file = path.join(dir, name);
    writeFileSync(file, bytes);
    const done = spawnSync(program, args.map((a) => (a === '{}' ? file : a)), { maxBuffer: 256 * 1024 * 1024, timeout: 90_000 });
    if (done.error) throw done.error;
    return { status: done.status, out: done.stdout, err: done.stderr.toString('utf8') };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** RFC 4180 at its strictest: CR LF after every record, quotes doubled, as many fields as the header. Throws where it is broken. */
export function strictCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let i = 0;
  while (i < text.length) {
    const row: string[] = [];
    for (;;) {
      let field = '';
      if (text[i] === '"') {
        i += 1;
        for (;;) {
          if (i >= text.length) throw new Error('a quote is never closed');
          if (text[i] === '"' && text[i + 1] === '"') {
            field += '"';
            i += 2;
          } else if (text[i] === '"') {
            i += 1;
            break;
          } else field += text[i++];
        }
      } else {
        while (i < text.length && text[i] !== ',' && text[i] !== '\r') {
          if (text[i] === '"' || text[i] === '\n') throw new Error(`a bare ${JSON.stringify(text[i])} at ${i}`);
          field += text[i++];
        }
      }
      row.push(field);
      if (text[i] === ',') {
        i += 1;
        continue;
      }
      if (text[i] === '\r' && text[i + 1] === '\n') {
        i += 2;
        break;
      }
      throw new Error(`no end of record at ${i}`);
    }
    rows.push(row);
  }
  const width = rows[0]?.length ?? 0;
  for (const row of rows) if (row.length !== width) throw new Error(`${row.length} fields where the header has ${width}`);
  return rows;
}
