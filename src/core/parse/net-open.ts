/** `/proc/<pid>/net/protocols`: how many sockets of a protocol are open in the namespace; null where the text is none of that file. */
export function parseProtocols(text: string): ReadonlyMap<string, number> | null {
  const out = new Map<string, number>();
  if (!text.startsWith('protocol')) return null;
  for (const line of text.split('\n').slice(1)) {
    const [name, , count] = line.trim().split(/\s+/);
    if (name !== undefined && count !== undefined && /^\d{1,9}$/.test(count)) out.set(name, Number(count));
  }
  return out;
}

/** One socket by its inode, its type (SOCK_RAW 3, SOCK_DGRAM 2; 0 where it is not told) and the protocol that it was opened for (an EtherType, or one of IPv6's). */
export interface ListedSocket {
  readonly inode: number;
  readonly type: number;
  readonly protocol: number;
}

function listed(text: string, protocol: (words: readonly string[]) => string | undefined, inode: number, type: number | null): readonly ListedSocket[] {
  const out: ListedSocket[] = [];
  for (const line of text.split('\n').slice(1)) {
    const words = line.trim().split(/\s+/);
    const [p, i] = [protocol(words) ?? '', words[inode] ?? ''];
    const t = type === null ? '0' : (words[type] ?? '');
    if (!/^[0-9a-fA-F]{4}$/.test(p) || !/^\d{1,5}$/.test(t) || !/^\d{1,15}$/.test(i)) continue;
    out.push({ inode: Number(i), type: Number(t), protocol: Number.parseInt(p, 16) });
  }
  return out;
}

/** `/proc/<pid>/net/packet` (packet_seq_show in net/packet/af_packet.c). */
export const parsePackets = (text: string): readonly ListedSocket[] => listed(text, (w) => w[3], 8, 2);

/** `/proc/<pid>/net/raw6`: the protocol stands where others have the local port. */
export const parseRaw6 = (text: string): readonly ListedSocket[] => listed(text, (w) => w[1]?.slice(-4), 9, null);
