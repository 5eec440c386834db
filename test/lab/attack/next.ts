import { BOTH, DROP_ALL, family, FORWARD, inside, isolate, NDP, nft, TAGS, V6 } from './drafts.js';
import type { Scenario } from './scenario.js';

const EVERY = 'ether type { arp, 8021q, 8021ad } drop';
const macvlan = (mode: string): readonly string[] => ['-d', 'macvlan', '-o', 'parent=m{n}', '-o', `macvlan_mode=${mode}`];

/** Scenarios to find a wrong verdict that are not part of the matrix yet: played by hand (`hand.ts`), and moved there when they have been. */
export const NEXT: readonly Scenario[] = [
  ...family('filters on the host', [
    { name: 'bridge output', before: nft('bridge', 'output priority 0; policy accept', EVERY), about: 'It sees what the host sends', works: true },
    { name: 'ebtables, a chain of its own', before: [['host', 'ebtables -N PIN -P RETURN; ebtables -A FORWARD -i {A.port} -j PIN; ebtables -A PIN -p ARP --arp-ip-src ! {A.ip} -j DROP; ebtables -A PIN -p 802_1Q -j DROP; ebtables -A PIN -p 0x88a8 -j DROP']], works: false },
    { name: 'ebtables, a chain that drops at its end', before: [['host', 'ebtables -N PIN -P DROP; ebtables -A FORWARD -p ! IPv4 -j PIN; ebtables -A PIN -p IPv6 -j ACCEPT']], works: false },
    { name: 'ebtables, a chain that accepts at its end', before: [['host', 'ebtables -N PIN -P ACCEPT; ebtables -A FORWARD -i {A.port} -j PIN; ebtables -A PIN -p IPv6 -j DROP; ebtables -A FORWARD -p ARP -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], about: 'Its end is asked before the rules after it', works: true },
    { name: 'ebtables, the bridge for the port', before: [['host', 'ebtables -A FORWARD -i {bridge} -p ARP -j DROP; ebtables -A FORWARD -i {bridge} -p 802_1Q -j DROP; ebtables -A FORWARD -i {bridge} -p 0x88a8 -j DROP']], about: 'The bridge is no port of itself', works: true },
    { name: 'ebtables, pairs of MAC and address', before: [['host', 'ebtables -A FORWARD -i {A.port} -p ARP --among-src ! {A.mac}={A.ip}, -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], works: false },
    { name: 'ebtables, group bit', before: [['host', 'ebtables -A FORWARD -d 01:00:00:00:00:00/01:00:00:00:00:00 -j DROP']], works: true },
  ]),
  ...family('filters inside', [
    { name: 'the victim’s arptables, wrong chain', before: [['V', 'arptables-legacy -A OUTPUT -j DROP']], works: true },
    { name: 'the victim’s arptables, only the gateway', before: [['V', 'arptables-legacy -P INPUT DROP; arptables-legacy -A INPUT -s {gateway} --source-mac {bridge.mac} -j ACCEPT']], works: false },
    { name: 'the victim lets requests through', before: inside('V', 'arp', 'input priority 0; policy drop', 'arp operation request accept'), works: true },
  ]),
  ...family('the victim', [
    { name: 'NOARP entry', before: [['V', 'ip neigh replace {X.ip} lladdr {X.mac} dev eth0 nud noarp']], works: false },
    { name: 'permanent entry on another interface', before: [['V', 'ip link add d0 type veth peer name d1; ip link set d0 up; ip neigh replace {X.ip} lladdr {X.mac} dev d0 nud permanent']], works: true },
    { name: 'an entry set by hand that may age', before: [['V', 'ip neigh replace {X.ip} lladdr {X.mac} dev eth0 nud reachable']], works: true },
    { name: 'the host, permanent entry', before: [['host', 'ip neigh replace {X.ip} lladdr {X.mac} dev {bridge} nud permanent']], victim: 'host', works: false },
    { name: 'arp_accept=0, arp_announce=2, arp_ignore=1', before: [['V', 'sysctl -qw net.ipv4.conf.eth0.arp_accept=0 net.ipv4.conf.eth0.arp_announce=2 net.ipv4.conf.all.arp_ignore=1']], works: true },
    { name: 'proxy ARP and reverse path filter', before: [['V', 'sysctl -qw net.ipv4.conf.eth0.proxy_arp=1 net.ipv4.conf.all.rp_filter=1']], works: true },
    { name: 'the impersonated one is gone', before: [['X', 'ip link set eth0 down']], works: true },
  ]),
  ...family('bridge ports', [
    { name: 'only the impersonated one’s port isolated', before: isolate('X'), works: true },
    { name: 'no flooding at all to the victim', before: [['host', 'bridge link set dev {V.port} flood off bcast_flood off mcast_flood off']], works: true },
    { name: 'learning off everywhere, static entries', before: [['host', 'for p in {A.port} {V.port} {X.port}; do bridge link set dev $p learning off flood off; done; bridge fdb replace {A.mac} dev {A.port} master static; bridge fdb replace {V.mac} dev {V.port} master static; bridge fdb replace {X.mac} dev {X.port} master static']], try: BOTH, works: true },
    { name: 'the attacker’s port blocking', before: [['host', 'bridge link set dev {A.port} state 4']], works: false },
    { name: 'the victim’s port learning', before: [['host', 'bridge link set dev {V.port} state 2']], works: false },
    { name: 'neighbour suppression on the attacker’s port', before: [['host', 'bridge link set dev {A.port} neigh_suppress on']], works: true },
    { name: 'locked, and the victim’s port isolated', before: [['host', 'bridge fdb replace {A.mac} dev {A.port} master static; bridge link set dev {A.port} locked on; bridge link set dev {V.port} isolated on']], works: true },
  ]),
  ...family('networks', [
    { name: 'macvlan, vepa', network: macvlan('vepa'), works: false },
    { name: 'macvlan, passthru', network: macvlan('passthru'), V: ['--network', 'bridge'], X: ['--network', 'bridge'], works: false },
    { name: 'icc=false and internal', network: ['--internal', '-o', 'com.docker.network.bridge.enable_icc=false'], works: true },
    { name: 'icc=false, as the gateway', network: ['-o', 'com.docker.network.bridge.enable_icc=false'], as: 'gateway', reads: true, works: true },
  ]),
  ...family('capabilities', [
    { name: 'an ordinary user with an ambient capability by exec', A: ['--user', '1000'], docker: ['exec -d -u 0 {A} setpriv --inh-caps +net_raw --ambient-caps +net_raw --reuid 1000 sleep 1000'], exec: ['-u', '0'], works: true },
    { name: 'in a capable one’s net namespace, without capabilities', donor: [], A: DROP_ALL, works: false },
    { name: 'NET_RAW in the bounding set of root', A: ['--user', '0', '--security-opt', 'no-new-privileges'], works: true },
  ]),
  ...family('IPv6', [
    { name: 'the target’s address pinned', network: V6, before: nft('bridge', FORWARD, 'iifname "{A.port}" icmpv6 type { nd-neighbor-advert, nd-router-advert } drop', 'iifname "{A.port}" ip6 saddr { {X.ip6}, {X.local6} } drop', TAGS), try: NDP, works: false },
    { name: 'the target’s address pinned, not its link-local one', network: V6, before: nft('bridge', FORWARD, 'iifname "{A.port}" icmpv6 type { nd-neighbor-advert, nd-router-advert } drop', 'iifname "{A.port}" ip6 saddr {X.ip6} drop', TAGS), try: NDP, works: true },
  ]),
];
