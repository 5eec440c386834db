import { fileURLToPath } from 'node:url';
import type { Before, Scenario } from './scenario.js';

const PROGRAM = fileURLToPath(new URL('./program.pl', import.meta.url));
const TCX = fileURLToPath(new URL('./tcx.pl', import.meta.url));

/** Short forms in which the tables of scenarios are written. */

export const BOTH = ['arp-spoof', 'mac-steal'] as const;
export const ARP = ['arp-spoof'] as const;
export const MAC = ['mac-steal'] as const;
export const NDP = ['ndp-spoof'] as const;
export const TABLE = ['table-write'] as const;

export type Draft = Omit<Scenario, 'family' | 'try' | 'about'> & { readonly try?: Scenario['try']; readonly about?: string };

export function family(name: string, drafts: readonly Draft[]): readonly Scenario[] {
  return drafts.map((d) => ({ ...d, family: name, try: d.try ?? ARP, about: d.about ?? d.name }));
}

export const DROP_ALL = ['--cap-drop', 'ALL'];
export const isolate = (...roles: readonly string[]): readonly Before[] => roles.map((r) => ['host', `bridge link set dev {${r}.port} isolated on`]);
export const nft = (family_: string, chain: string, ...rules: readonly string[]): readonly Before[] => [
  ['host', `nft add table ${family_} guard && nft 'add chain ${family_} guard c { type filter hook ${chain}; }'`],
  ...rules.map((r): Before => ['host', `nft 'add rule ${family_} guard c ${r}'`]),
];
export const inside = (role: 'A' | 'V', family_: string, chain: string, ...rules: readonly string[]): readonly Before[] => nft(family_, chain, ...rules).map(([, c]) => [role, c]);
/** Attaches an XDP program of two instructions (`r0 = XDP_DROP; exit`), loaded by bpf(2) and pinned for as long as that takes. */
export const xdp = (role: 'A' | 'V' | 'host', dev: string): readonly Before[] => [[role, `unshare -m sh -c 'mount -t bpf bpf /mnt && perl "$0" /mnt/p && ip link set dev ${dev} xdpgeneric pinned /mnt/p' ${PROGRAM}`]];
/** The same by tcx, at the ingress of a device of the host. */
export const tcx = (dev: string): readonly Before[] => [['host', `perl ${TCX} $(ip -o link show ${dev} | cut -d: -f1)`]];
export const FORWARD = 'forward priority 0; policy accept';
export const TAGS = 'ether type { 8021q, 8021ad } drop';
export const V6 = ['--ipv6', '--subnet', 'fd00:{n}::/64'];
/** A process of the attacker that opens a socket with every right, and gives all of them away. */
export const keeps = (kind: 'packet' | 'dgram' | 'raw6'): string => `exec -d --privileged {A} perl /sender.pl keep {A.net} eth0 ${kind}`;
