import { DROP_ALL, family, FORWARD, isolate, keeps, MAC, NDP, nft, TABLE, TAGS, V6, xdp } from './drafts.js';
import type { Scenario } from './scenario.js';

const EVERY = 'ether type { arp, 8021q, 8021ad } drop';
const macvlan = (mode: string): readonly string[] => ['-d', 'macvlan', '-o', 'parent=m{n}', '-o', `macvlan_mode=${mode}`];

/** Scenarios to find a wrong verdict that are not part of the matrix yet: played by hand (`hand.ts`), and moved there when they have been. */
export const NEXT: readonly Scenario[] = [
  ...family('filters on the host', [
    { name: 'bridge output', before: nft('bridge', 'output priority 0; policy accept', EVERY), about: 'It sees what the host sends', works: true },
    { name: 'ebtables, a chain of its own', before: [['host', 'ebtables -N PIN -P RETURN; ebtables -A FORWARD -i {A.port} -j PIN; ebtables -A PIN -p ARP --arp-ip-src ! {A.ip} -j DROP; ebtables -A PIN -p 802_1Q -j DROP; ebtables -A PIN -p 0x88a8 -j DROP']], works: false },
    { name: 'ebtables, the bridge for the port', before: [['host', 'ebtables -A FORWARD -i {bridge} -p ARP -j DROP; ebtables -A FORWARD -i {bridge} -p 802_1Q -j DROP; ebtables -A FORWARD -i {bridge} -p 0x88a8 -j DROP']], about: 'The bridge is no port of itself', works: true },
    { name: 'ebtables, pairs of MAC and address', before: [['host', 'ebtables -A FORWARD -i {A.port} -p ARP --among-src ! {A.mac}={A.ip}, -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], works: false },
    { name: 'ebtables, group bit', before: [['host', 'ebtables -A FORWARD -d 01:00:00:00:00:00/01:00:00:00:00:00 -j DROP']], works: true },
  ]),
  ...family('filters inside', [
    { name: 'the victim’s arptables, wrong chain', before: [['V', 'arptables-legacy -A OUTPUT -j DROP']], works: true },
    { name: 'the victim’s arptables, only the gateway', before: [['V', 'arptables-legacy -P INPUT DROP; arptables-legacy -A INPUT -s {gateway} --source-mac {bridge.mac} -j ACCEPT']], works: false },
  ]),
  ...family('the victim', [
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
    { name: 'learning off everywhere, static entries', before: [['host', 'for p in {A.port} {V.port} {X.port}; do bridge link set dev $p learning off flood off; done; bridge fdb replace {A.mac} dev {A.port} master static; bridge fdb replace {V.mac} dev {V.port} master static; bridge fdb replace {X.mac} dev {X.port} master static']], works: true },
    { name: 'the attacker’s port disabled', before: [['host', 'bridge link set dev {A.port} state 0']], works: false },
    { name: 'the attacker’s interface down', before: [['A', 'ip link set eth0 down']], works: false },
    { name: 'the bridge down', before: [['host', 'ip link set {bridge} down']], works: false },
    { name: 'the victim’s port learning', before: [['host', 'bridge link set dev {V.port} state 2']], about: 'It goes on to forward by itself', works: true },
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
    { name: 'no capability, and a datagram socket from before', A: DROP_ALL, docker: [keeps('dgram')], kept: true, works: true },
    { name: 'no capability, and a datagram socket from before, MAC', A: DROP_ALL, docker: [keeps('dgram')], try: MAC, kept: true, works: false },
    { name: 'in a capable one’s net namespace, without capabilities', donor: [], A: DROP_ALL, works: false },
    { name: 'NET_RAW in the bounding set of root', A: ['--user', '0', '--security-opt', 'no-new-privileges'], works: true },
  ]),
  ...family('IPv6', [
    { name: 'the target’s address pinned', network: V6, before: nft('bridge', FORWARD, 'iifname "{A.port}" icmpv6 type { nd-neighbor-advert, nd-router-advert } drop', 'iifname "{A.port}" ip6 saddr { {X.ip6}, {X.local6} } drop', TAGS), try: NDP, works: false },
    { name: 'the target’s address pinned, not its link-local one', network: V6, before: nft('bridge', FORWARD, 'iifname "{A.port}" icmpv6 type { nd-neighbor-advert, nd-router-advert } drop', 'iifname "{A.port}" ip6 saddr {X.ip6} drop', TAGS), try: NDP, works: true },
  ]),
  ...family('filters on the host', [
    { name: 'policy drop, pinned pairs', before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept', 'iifname "{A.port}" arp saddr ip {A.ip} arp saddr ether {A.mac} accept'), works: false },
    { name: 'policy drop, pinned by MAC alone', before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept', 'ether saddr {A.mac} ether type arp accept'), works: true },
    { name: 'table arp on the host', before: nft('arp', 'input priority 0; policy drop'), works: true },
    { name: 'an empty chain', before: nft('bridge', FORWARD, 'counter', 'ether type arp counter', 'ether type arp log'), works: true },
    { name: 'a map of verdicts by port', before: nft('bridge', FORWARD, 'iifname vmap { "{A.port}" : drop }'), works: false },
    { name: 'the network’s addresses dropped by range', before: nft('bridge', FORWARD, 'arp saddr ip 172.16.0.0-172.31.255.255 drop', 'arp saddr ip 192.168.0.0/16 drop', TAGS), works: false },
    { name: 'only the gateway’s address guarded', before: nft('bridge', FORWARD, 'arp saddr ip {gateway} arp saddr ether != {bridge.mac} drop', TAGS), works: true },
    { name: 'only the gateway’s address guarded, as the gateway', as: 'gateway', before: nft('bridge', FORWARD, 'arp saddr ip {gateway} arp saddr ether != {bridge.mac} drop', TAGS), works: false },
    { name: 'the bridge’s name for the port', before: nft('bridge', FORWARD, 'iifname "{bridge}" ' + EVERY), about: 'A bridge is no port of itself', works: true },
    { name: 'replies to the victim alone dropped', before: nft('bridge', FORWARD, 'oifname "{V.port}" arp operation reply drop', 'oifname "{V.port}" ' + TAGS), works: true },
    { name: 'everything between the two ports dropped, ARP', before: nft('bridge', FORWARD, 'iifname "{A.port}" oifname "{V.port}" drop'), works: false },
    { name: 'target address guarded', before: nft('bridge', FORWARD, 'iifname "{A.port}" arp daddr ip {V.ip} drop', TAGS), works: true },
    { name: 'netdev, all ports', before: [['host', "nft add table netdev guard && nft 'add chain netdev guard c { type filter hook ingress devices = { {A.port}, {V.port}, {X.port} } priority 0; policy accept; }' && nft 'add rule netdev guard c " + EVERY + "'"]], works: false },
    { name: 'ebtables, source MAC and address', before: [['host', 'ebtables -A FORWARD -i {A.port} -p ARP --arp-mac-src ! {A.mac} -j DROP; ebtables -A FORWARD -i {A.port} -s ! {A.mac} -j DROP']], works: true },
    { name: 'ebtables, broute', before: [['host', 'ebtables-legacy -t broute -A BROUTING -i {A.port} -p ARP -j DROP 2>/dev/null || ebtables -A FORWARD -p ARP --arp-op 3 -j DROP']], works: true },
    { name: 'ebtables, order of rules', before: [['host', 'ebtables -A FORWARD -p ARP -j ACCEPT; ebtables -A FORWARD -p ARP -j DROP; ebtables -A FORWARD -j DROP']], works: true },
    { name: 'ebtables, postrouting', before: [['host', 'ebtables -t nat -A POSTROUTING -o {V.port} -p ! IPv4 -j DROP']], works: false },
    { name: 'IPs of the bridge’s subnet, host as victim', victim: 'host', before: nft('bridge', 'input priority 0; policy accept', 'arp saddr ip {X.ip} arp saddr ether != {X.mac} drop', TAGS), works: false },
    { name: 'arptables at the host, legacy, host as victim', victim: 'host', before: [['host', 'arptables-legacy -A INPUT -s {X.ip} ! --source-mac {X.mac} -j DROP']], works: false },
  ]),
  ...family('programs', [
    { name: 'an XDP program at its port, MAC', before: xdp('host', '{A.port}'), try: MAC, unread: true, works: false },
    { name: 'an XDP program at the attacker’s interface', before: xdp('A', 'eth0'), about: 'It sees what comes to the attacker', works: true },
    { name: 'a tc program on the way to the victim', before: [['host', "tc qdisc add dev {V.port} clsact && tc filter add dev {V.port} egress bpf da bytecode '1,6 0 0 2'"]], unread: true, works: false },
  ]),
  ...family('IPv6', [
    { name: 'all but router solicitations dropped', network: V6, before: nft('bridge', FORWARD, 'icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit, nd-router-advert } drop', TAGS), try: NDP, works: false },
    { name: 'the victim’s ip6tables', network: V6, before: [['V', 'ip6tables -P INPUT DROP']], try: NDP, works: false },
    { name: 'interface without ARP, IPv6', network: V6, before: [['V', 'ip link set eth0 arp off']], try: NDP, works: false },
    { name: 'ARP dropped, IPv6', network: V6, before: nft('bridge', FORWARD, EVERY), try: NDP, works: true },
    { name: 'the sender’s MAC in the frame alone', network: V6, before: nft('bridge', 'prerouting priority -300; policy accept', 'iifname "{A.port}" ether saddr != {A.mac} drop'), try: NDP, works: true },
  ]),
  ...family('networks', [
    { name: 'icc=false, isolated ports', network: ['-o', 'com.docker.network.bridge.enable_icc=false'], before: isolate('A', 'V'), works: false },
    { name: 'internal, the host as victim', network: ['--internal'], victim: 'host', works: true },
    { name: 'macvlan, private, MAC', network: macvlan('private'), try: MAC, works: false },
  ]),
  ...family('shared namespaces', [
    { name: 'in a net namespace with a victim that has a neighbour’s rule', donor: ['--cap-add', 'NET_ADMIN'], victim: 'donor', as: 'gateway', works: false },
    { name: 'host’s pids, NET_ADMIN', A: ['--pid', 'host', '--cap-add', 'NET_ADMIN'], try: TABLE, works: false },
  ]),
  ...family('the victim', [
    { name: 'both the gateway and the third pinned', before: [['V', 'ip neigh replace {gateway} lladdr {bridge.mac} dev eth0 nud permanent; ip neigh replace {X.ip} lladdr {X.mac} dev eth0 nud permanent']], works: false },
    { name: 'the host pins, the container does not', before: [['host', 'ip neigh replace {X.ip} lladdr {X.mac} dev {bridge} nud permanent']], works: true },
    { name: 'arp_accept=0 and arp_ignore=2 everywhere', before: [['V', 'for f in all default eth0; do sysctl -qw net.ipv4.conf.$f.arp_accept=0 net.ipv4.conf.$f.arp_ignore=2 net.ipv4.conf.$f.arp_filter=1; done']], works: true },
    { name: 'drop_gratuitous_arp, the host as victim', victim: 'host', before: [['host', 'sysctl -qw net.ipv4.conf.{bridge}.drop_gratuitous_arp=1']], works: true },
  ]),
];
