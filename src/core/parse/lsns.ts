import { z } from 'zod';
import { known, unknown, type Reading } from '../model/reading.js';

const column = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number), z.null()]).optional();
const output = z.object({ namespaces: z.array(z.object({ ns: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]), pns: column, ons: column })) });

/** Parent (pid and user namespaces) and owning user namespace by inode, from `lsns --json -o NS,PNS,ONS`. */
export interface Kin {
  readonly parent: number | undefined;
  readonly owner: number | undefined;
}

/** lsns(8) writes 0 for what there is none of, or what it could not ask. */
export function parseLsns(text: string, path: string): Reading<ReadonlyMap<number, Kin>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return unknown('unsupported', path);
  }
  const read = output.safeParse(json);
  if (!read.success) return unknown('unsupported', path);
  return known(new Map(read.data.namespaces.map((one) => [one.ns, { parent: one.pns || undefined, owner: one.ons || undefined }])), path);
}
