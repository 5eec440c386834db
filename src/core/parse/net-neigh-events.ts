/** One line of `ip monitor neigh all-nsid`. `nsid`: the listener's number for the namespace, `own` for its own. `mac`: null where the entry has none (any more). */
export interface NeighbourEvent {
  readonly nsid: number | 'own';
  readonly ip: string;
  readonly mac: string | null;
}

const LINE = /^\[nsid (\d{1,9}|current)\](Deleted )?([0-9a-f:.]{2,45}) dev \S{1,32}(?: lladdr ([0-9a-f]{2}(?::[0-9a-f]{2}){5}))?(?: |$)/;

/** Reads one line, ip-monitor(8) of iproute2; null for whatever else it writes. */
export function parseNeighbourEvent(line: string): NeighbourEvent | null {
  if (line.length > 300) return null;
  const m = LINE.exec(line);
  const [, nsid, gone, ip, mac] = m ?? [];
  if (nsid === undefined || ip === undefined) return null;
  return { nsid: nsid === 'current' ? 'own' : Number(nsid), ip, mac: gone === undefined ? (mac ?? null) : null };
}

const LEARNT = /^\[nsid current\](?:Deleted )?dev \S{1,32} lladdr [0-9a-f]{2}(?::[0-9a-f]{2}){5}(?: |$)/;

/** Whether a line tells that a bridge of the listener's own namespace learnt, moved or forgot a MAC: such an entry has no address, br_fdb.c. */
export function tellsForwarding(line: string): boolean {
  return line.length <= 300 && LEARNT.test(line);
}
