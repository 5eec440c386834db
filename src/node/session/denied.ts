import type { Picture } from '../../contract/contract.js';
import { workloads, type Reading, type Snapshot } from '../../core/model/index.js';

const denied = (r: Reading<unknown>): boolean => 'unknown' in r && r.unknown === 'denied';

/** What this user may not read, told once each, with what it would answer. */
export function deniedOf(snapshot: Snapshot): Picture['denied'] {
  const out: { what: string; would: string }[] = [];
  const all = workloads(snapshot).filter((w) => w.pid !== null);
  const some = (what: string, would: string, test: (w: (typeof all)[number]) => boolean) => {
    const count = all.filter(test).length;
    if (count > 0) out.push({ what: `${what} of ${count} of ${all.length}`, would });
  };
  some('Namespaces', 'who shares what with whom, and who entered from outside', (w) => denied(w.namespaces.net.inode) || denied(w.namespaces.mnt.inode));
  some('Security labels', 'whether AppArmor or SELinux confines them', (w) => w.process !== null && denied(w.process.lsm));
  some('Device nodes', 'which devices they hold beyond the ordinary ones', (w) => denied(w.devices));
  const net = (what: string, would: string, read: (n: Snapshot['nets'][number]) => Reading<unknown>) => {
    if (snapshot.nets.some((n) => denied(read(n)))) out.push({ what, would });
  };
  net('Filter rules', 'whether an nft or ebtables rule stops a forged frame', (n) => n.nft);
  net('Forwarding entries', 'whether a MAC address was stolen', (n) => n.fdb);
  net('IPv6 neighbours', 'who answers for whom in IPv6', (n) => n.neighbours6);
  net('Traffic control', 'whether a tc filter stops a forged frame', (n) => n.tc);
  return out;
}
