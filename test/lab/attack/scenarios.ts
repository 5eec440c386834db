import type { Before, Scenario } from './scenario.js';

const BOTH = ['arp-spoof', 'mac-steal'] as const;
const ARP = ['arp-spoof'] as const;
const MAC = ['mac-steal'] as const;
const NDP = ['ndp-spoof'] as const;
const TABLE = ['table-write'] as const;

type Draft = Omit<Scenario, 'family' | 'try' | 'about'> & { readonly try?: Scenario['try']; readonly about?: string };

function family(name: string, drafts: readonly Draft[]): readonly Scenario[] {
  return drafts.map((d) => ({ ...d, family: name, try: d.try ?? ARP, about: d.about ?? d.name }));
}

const DROP_ALL = ['--cap-drop', 'ALL'];
const isolate = (...roles: readonly string[]): readonly Before[] => roles.map((r) => ['host', `bridge link set dev {${r}.port} isolated on`]);
const nft = (family_: string, chain: string, ...rules: readonly string[]): readonly Before[] => [
  ['host', `nft add table ${family_} guard && nft 'add chain ${family_} guard c { type filter hook ${chain}; }'`],
  ...rules.map((r): Before => ['host', `nft 'add rule ${family_} guard c ${r}'`]),
];
const inside = (role: 'A' | 'V', family_: string, chain: string, ...rules: readonly string[]): readonly Before[] => nft(family_, chain, ...rules).map(([, c]) => [role, c]);
const FORWARD = 'forward priority 0; policy accept';
const TAGS = 'ether type { 8021q, 8021ad } drop';
const V6 = ['--ipv6', '--subnet', 'fd00:{n}::/64'];

export const SCENARIOS: readonly Scenario[] = [
  ...family('as the engine ships it', [
    { name: 'default bridge', network: 'bridge', try: BOTH, arpspoof: true, reads: true, works: true },
    { name: 'default bridge, as the gateway', network: 'bridge', as: 'gateway', arpspoof: true, reads: true, works: true },
    { name: 'default bridge, the host as victim', network: 'bridge', victim: 'host', reads: true, works: true },
    { name: 'user-defined bridge', try: BOTH, reads: true, works: true },
    { name: 'user-defined bridge, as the gateway', as: 'gateway', works: true },
    { name: 'user-defined bridge, the host as victim', victim: 'host', try: BOTH, works: true },
    { name: 'the gateway’s MAC', as: 'gateway', try: MAC, about: 'A bridge never learns its own MAC from the wire', works: false },
  ]),
  ...family('capabilities', [
    { name: 'without NET_RAW', A: ['--cap-drop', 'NET_RAW'], try: BOTH, works: false },
    { name: 'without any capability', A: DROP_ALL, works: false },
    { name: 'NET_RAW alone', A: [...DROP_ALL, '--cap-add', 'NET_RAW'], try: BOTH, works: true },
    { name: 'NET_ADMIN alone', A: [...DROP_ALL, '--cap-add', 'NET_ADMIN'], about: 'Takes the address instead of forging a frame', works: true },
    { name: 'NET_ADMIN alone, MAC', A: [...DROP_ALL, '--cap-add', 'NET_ADMIN'], try: MAC, about: 'Gives its interface another’s MAC', works: true },
    { name: 'an ordinary user', A: ['--user', '1000'], try: BOTH, works: false },
    { name: 'an ordinary user who can gain nothing', A: ['--user', '1000', '--security-opt', 'no-new-privileges'], works: false },
    { name: 'an ordinary user, and root by exec', A: ['--user', '1000'], docker: ['exec -d -u 0 {A} sleep 1000'], exec: ['-u', '0'], works: true },
    { name: 'no capability, and all by exec', A: DROP_ALL, docker: ['exec -d --privileged {A} sleep 1000'], exec: ['--privileged'], works: true },
    { name: 'privileged', A: ['--privileged'], works: true },
    { name: 'every capability in a user namespace of its own', A: ['--user', '1000', '--security-opt', 'seccomp=unconfined', '--security-opt', 'no-new-privileges'], docker: ['exec -d {A} unshare -Ur sleep 1000'], wrap: ['unshare', '-Ur'], works: false },
    { name: 'paused', docker: ['pause {A}'], works: false },
    { name: 'victim without capabilities', V: DROP_ALL, works: true },
  ]),
  ...family('bridge ports', [
    { name: 'both ports isolated', before: isolate('A', 'V'), try: BOTH, works: false },
    { name: 'all ports isolated, as the gateway', before: isolate('A', 'V', 'X'), as: 'gateway', works: false },
    { name: 'the attacker’s port isolated', before: isolate('A'), try: BOTH, works: true },
    { name: 'the victim’s port isolated', before: isolate('V'), works: true },
    { name: 'isolated, the host as victim', before: isolate('A', 'X'), victim: 'host', works: true },
    { name: 'learning off', before: [['host', 'bridge link set dev {A.port} learning off']], reads: true, works: true },
    { name: 'learning off, MAC', before: [['host', 'bridge link set dev {A.port} learning off']], try: MAC, works: false },
    { name: 'neither learning nor flooding', before: [['host', 'bridge fdb del {A.mac} dev {A.port} master 2>/dev/null; bridge link set dev {A.port} learning off flood off']], reads: true, works: true },
    { name: 'locked, MAC not let in', before: [['host', 'bridge fdb del {A.mac} dev {A.port} master 2>/dev/null; bridge link set dev {A.port} locked on']], works: false },
    { name: 'locked, MAC let in', before: [['host', 'bridge fdb replace {A.mac} dev {A.port} master static; bridge link set dev {A.port} locked on']], works: true },
    { name: 'locked, another’s MAC', before: [['host', 'bridge fdb replace {A.mac} dev {A.port} master static; bridge link set dev {A.port} locked on']], try: MAC, works: false },
    { name: 'static entry for the stolen MAC', before: [['host', 'bridge fdb replace {X.mac} dev {X.port} master static']], try: MAC, about: 'Static keeps an entry from ageing, not from moving', works: true },
    { name: 'neighbour suppression', before: [['host', 'bridge link set dev {V.port} neigh_suppress on']], works: true },
    { name: 'no unicast flooding to the victim', before: [['host', 'bridge link set dev {V.port} flood off']], works: true },
    { name: 'the attacker’s port down', before: [['host', 'ip link set {A.port} down']], works: false },
  ]),
  ...family('shared namespaces', [
    { name: 'in another’s net namespace', donor: DROP_ALL, works: true, about: 'The wire is the donor’s' },
    { name: 'against the one whose namespace it shares', donor: DROP_ALL, victim: 'donor', works: false },
    { name: 'against the one whose table it shares', donor: DROP_ALL, A: ['--cap-add', 'NET_ADMIN'], victim: 'donor', try: TABLE, works: true },
    { name: 'on the host’s network', A: ['--network', 'host'], works: true },
    { name: 'on the host’s network, isolated victim', A: ['--network', 'host'], before: isolate('V', 'X'), about: 'Sends at the port itself: no flag of the bridge is asked', works: true },
    { name: 'on the host’s network, past a bridge rule', A: ['--network', 'host'], before: [...nft('bridge', FORWARD, 'ether type { arp, 8021q, 8021ad } drop'), ['host', "nft 'add chain bridge guard o { type filter hook output priority 0; policy drop; }'"]], works: true },
    { name: 'on the host’s network, no capability', A: ['--network', 'host', ...DROP_ALL], works: false },
    { name: 'host’s pids and all rights', A: ['--pid', 'host', '--privileged'], try: TABLE, works: true },
    { name: 'host’s pids, SYS_ADMIN and NET_ADMIN', A: ['--pid', 'host', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'], try: TABLE, works: true },
    { name: 'host’s pids alone', A: ['--pid', 'host'], try: TABLE, works: false },
    { name: 'the victim’s pids, SYS_ADMIN and NET_ADMIN', A: ['--pid', 'container:{V}', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'], try: TABLE, works: true },
    { name: 'all rights, pids of its own', A: ['--privileged'], try: TABLE, works: false },
  ]),
  ...family('networks', [
    { name: 'on two networks', second: 'both', works: true },
    { name: 'on another network', second: 'apart', works: false },
    { name: 'two bridges with a veth between', second: 'apart', before: [['host', 'ip link add j{n}a type veth peer name j{n}b && ip link set j{n}a master {bridge} up && ip link set j{n}b master {bridge2} up']], works: true },
    { name: 'two bridges joined, filtered between', second: 'apart', before: [['host', 'ip link add j{n}a type veth peer name j{n}b && ip link set j{n}a master {bridge} up && ip link set j{n}b master {bridge2} up'], ...nft('bridge', FORWARD, 'oifname "j{n}a" drop')], works: false },
    { name: 'icc=false', network: ['-o', 'com.docker.network.bridge.enable_icc=false'], try: BOTH, reads: true, works: true },
    { name: 'icc=false, the host as victim', network: ['-o', 'com.docker.network.bridge.enable_icc=false'], victim: 'host', reads: true, works: true },
    { name: 'internal', network: ['--internal'], works: true },
    { name: 'internal, as the host', network: ['--internal'], as: 'gateway', works: true },
    { name: 'none', A: ['--network', 'none'], works: false },
    { name: 'macvlan, bridge mode', network: ['-d', 'macvlan', '-o', 'parent=m{n}'], before: [], works: true },
    { name: 'macvlan, MAC', network: ['-d', 'macvlan', '-o', 'parent=m{n}'], try: MAC, works: false },
    { name: 'macvlan, private mode', network: ['-d', 'macvlan', '-o', 'parent=m{n}', '-o', 'macvlan_mode=private'], works: false },
  ]),
  ...family('user namespaces', [
    { name: 'remapped', engine: 'remap', try: BOTH, works: true, about: 'Each owns its own wire’s end' },
    { name: 'remapped, without NET_RAW', engine: 'remap', A: ['--cap-drop', 'NET_RAW'], works: false },
    { name: 'remapped victim, attacker not', engine: 'remap', A: ['--userns', 'host'], works: true },
    { name: 'remapped, the victim’s pids and all rights there', engine: 'remap', A: ['--pid', 'container:{V}', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'], try: TABLE, works: true, about: 'Who joins a pid namespace joins its user namespace too' },
  ]),
  ...family('seccomp', [
    { name: 'unconfined', A: ['--security-opt', 'seccomp=unconfined'], works: true },
    { name: 'packet sockets refused', A: ['--security-opt', 'seccomp={profile:no-packet}'], about: 'The old call makes one as well', works: true },
    { name: 'packet sockets and the old call refused by value', A: ['--security-opt', 'seccomp={profile:no-packet-no-old}'], about: 'The kernel cuts the register, the filter does not', works: true },
    { name: 'every way to a packet socket refused', A: ['--security-opt', 'seccomp={profile:no-packet-masked}'], try: BOTH, works: false },
    { name: 'the same, IPv6', A: ['--security-opt', 'seccomp={profile:no-packet-masked}'], network: V6, try: NDP, about: 'A raw IPv6 socket advertises', works: true },
    { name: 'no raw socket of any kind, IPv6', A: ['--security-opt', 'seccomp={profile:no-raw-at-all}'], network: V6, try: NDP, works: false },
    { name: 'no socket at all', A: ['--security-opt', 'seccomp={profile:no-socket}'], works: false },
  ]),
  ...family('the victim', [
    { name: 'permanent entry', before: [['V', 'ip neigh replace {X.ip} lladdr {X.mac} dev eth0 nud permanent']], works: false },
    { name: 'permanent entry for another', before: [['V', 'ip neigh replace {gateway} lladdr {bridge.mac} dev eth0 nud permanent']], works: true },
    { name: 'permanent entry, MAC stolen', before: [['V', 'ip neigh replace {X.ip} lladdr {X.mac} dev eth0 nud permanent']], try: MAC, works: true },
    { name: 'interface without ARP', before: [['V', 'ip link set eth0 arp off']], works: false },
    { name: 'arp_ignore=8', before: [['V', 'sysctl -qw net.ipv4.conf.eth0.arp_ignore=8']], works: true },
    { name: 'drop_gratuitous_arp', before: [['V', 'sysctl -qw net.ipv4.conf.eth0.drop_gratuitous_arp=1']], works: true },
    { name: 'arp_filter', before: [['V', 'sysctl -qw net.ipv4.conf.eth0.arp_filter=1']], works: true },
    { name: 'long locktime', before: [['V', 'sysctl -qw net.ipv4.neigh.eth0.locktime=100000']], works: true },
  ]),
  ...family('IPv6', [
    { name: 'as the engine ships it', network: V6, try: NDP, reads: true, works: true },
    { name: 'as the gateway', network: V6, as: 'gateway', try: NDP, works: true },
    { name: 'the host as victim', network: V6, victim: 'host', try: NDP, works: true },
    { name: 'without NET_RAW', network: V6, A: ['--cap-drop', 'NET_RAW'], try: NDP, works: false },
    { name: 'drop_unsolicited_na', network: V6, before: [['V', 'sysctl -qw net.ipv6.conf.eth0.drop_unsolicited_na=1']], try: NDP, works: true },
    { name: 'permanent entry', network: V6, before: [['V', 'ip -6 neigh replace {X.ip6} lladdr {X.mac} dev eth0 nud permanent']], try: NDP, about: 'Its link-local address is another', works: true },
    { name: 'permanent entries', network: V6, before: [['V', 'ip -6 neigh replace {X.ip6} lladdr {X.mac} dev eth0 nud permanent; ip -6 neigh replace {X.local6} lladdr {X.mac} dev eth0 nud permanent']], try: NDP, works: false },
    { name: 'isolated ports', network: V6, before: isolate('A', 'V'), try: NDP, works: false },
    { name: 'advertisements dropped', network: V6, before: nft('bridge', FORWARD, 'icmpv6 type nd-neighbor-advert drop'), try: NDP, works: true },
    { name: 'both messages dropped by next header', network: V6, before: nft('bridge', FORWARD, 'ip6 nexthdr icmpv6 drop', TAGS), try: NDP, about: 'An extension header comes before', works: true },
    { name: 'both messages dropped', network: V6, before: nft('bridge', FORWARD, 'meta l4proto ipv6-icmp drop', TAGS), try: NDP, works: false },
    { name: 'the victim drops them', network: V6, before: inside('V', 'inet', 'input priority 0; policy accept', 'icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit } drop'), try: NDP, works: false },
  ]),
  ...family('filters on the host', [
    { name: 'ARP dropped', before: nft('bridge', FORWARD, 'ether type arp drop'), about: 'It hides in a VLAN tag', works: true },
    { name: 'ARP and tags dropped', before: nft('bridge', FORWARD, 'ether type { arp, 8021q, 8021ad } drop'), works: false },
    { name: 'ARP and 802.1Q dropped', before: nft('bridge', FORWARD, 'ether type { arp, 8021q } drop'), works: true },
    { name: 'ARP dropped by protocol', before: nft('bridge', FORWARD, 'meta protocol arp drop'), about: 'Two tags hide it', works: true },
    { name: 'replies dropped', before: nft('bridge', FORWARD, 'arp operation reply drop'), works: true },
    { name: 'only IP let through', before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept'), works: false },
    { name: 'address pinned', before: nft('bridge', FORWARD, 'iifname "{A.port}" arp saddr ip != {A.ip} drop'), works: true },
    { name: 'address pinned, tags dropped', before: nft('bridge', FORWARD, 'iifname "{A.port}" arp saddr ip != {A.ip} drop', TAGS), works: false },
    { name: 'address pinned on the victim’s port', before: nft('bridge', FORWARD, 'iifname "{V.port}" arp saddr ip != {V.ip} drop', TAGS), works: true },
    { name: 'address pinned for ARP of Ethernet only', before: nft('bridge', FORWARD, 'iifname "{A.port}" arp htype 1 arp saddr ip != {A.ip} drop', TAGS), works: true },
    { name: 'address pinned for its own MAC only', before: nft('bridge', FORWARD, 'arp saddr ether {A.mac} arp saddr ip != {A.ip} drop', TAGS), works: true },
    { name: 'broadcast dropped', before: nft('bridge', FORWARD, 'meta pkttype { broadcast, multicast } drop'), works: true },
    { name: 'MAC pinned before learning', before: nft('bridge', 'prerouting priority -300; policy accept', 'iifname "{A.port}" ether saddr != {A.mac} drop'), try: MAC, works: false },
    { name: 'MAC pinned after learning', before: nft('bridge', FORWARD, 'iifname "{A.port}" ether saddr != {A.mac} drop'), try: MAC, works: true },
    { name: 'MAC pinned, address not', before: nft('bridge', 'prerouting priority -300; policy accept', 'iifname "{A.port}" ether saddr != {A.mac} drop'), works: true },
    { name: 'a rule for what enters the host', before: nft('bridge', 'input priority 0; policy accept', 'ether type { arp, 8021q, 8021ad } drop'), works: true },
    { name: 'a rule for what enters the host, the host as victim', before: nft('bridge', 'input priority 0; policy accept', 'ether type { arp, 8021q, 8021ad } drop'), victim: 'host', works: false },
    { name: 'a chain by port', before: [['host', "nft add table bridge guard && nft 'add chain bridge guard pin' && nft 'add chain bridge guard c { type filter hook forward priority 0; }' && nft 'add rule bridge guard pin arp saddr ip != {A.ip} drop' && nft 'add rule bridge guard pin ether type { 8021q, 8021ad } drop' && nft 'add rule bridge guard c iifname vmap { \"{A.port}\" : jump pin }'"]], works: false },
    { name: 'a named set', before: [['host', "nft add table bridge guard && nft 'add set bridge guard mine { type ether_addr . ipv4_addr; elements = { {A.mac} . {A.ip} } }' && nft 'add chain bridge guard c { type filter hook forward priority 0; }' && nft 'add rule bridge guard c iifname \"{A.port}\" arp saddr ether . arp saddr ip != @mine drop' && nft 'add rule bridge guard c ether type { 8021q, 8021ad } drop'"]], works: false },
    { name: 'accepted before it is dropped', before: nft('bridge', FORWARD, 'iifname "{A.port}" accept', 'ether type { arp, 8021q, 8021ad } drop'), works: true },
    { name: 'netdev ingress at its port', before: nft('netdev', 'ingress device {A.port} priority 0; policy accept', 'ether type { arp, 8021q, 8021ad } drop'), works: false },
    { name: 'netdev ingress, replies', before: nft('netdev', 'ingress device {A.port} priority 0; policy accept', 'arp operation reply drop'), works: true },
    { name: 'netdev ingress at the bridge', before: nft('netdev', 'ingress device {bridge} priority 0; policy accept', 'ether type { arp, 8021q, 8021ad } drop'), about: 'The bridge’s own device sees only what is for the host', works: true },
    { name: 'netdev egress at the victim’s port', before: nft('netdev', 'egress device {V.port} priority 0; policy accept', 'ether type { arp, 8021q, 8021ad } drop'), works: false },
    { name: 'ebtables, ARP', before: [['host', 'ebtables -A FORWARD -p ARP -j DROP']], works: true },
    { name: 'ebtables, ARP and tags', before: [['host', 'ebtables -A FORWARD -p ARP -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], works: false },
    { name: 'ebtables, address pinned', before: [['host', 'ebtables -A FORWARD -p ARP -i {A.port} --arp-ip-src ! {A.ip} -j DROP']], works: true },
    { name: 'ebtables, address pinned, tags dropped', before: [['host', 'ebtables -A FORWARD -p ARP -i {A.port} --arp-ip-src ! {A.ip} -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], works: false },
    { name: 'ebtables, replies', before: [['host', 'ebtables -A FORWARD -p ARP --arp-op Reply -j DROP']], works: true },
    { name: 'ebtables, wrong chain', before: [['host', 'ebtables -A INPUT -j DROP']], works: true },
    { name: 'ebtables, MAC pinned', before: [['host', 'ebtables -t nat -A PREROUTING -i {A.port} -s ! {A.mac} -j DROP']], try: MAC, works: false },
    { name: 'arptables on the host', before: [['host', 'arptables -A INPUT -j DROP; arptables -A OUTPUT -j DROP']], works: true },
    { name: 'arptables on the host, forwarded', before: [['host', 'arptables-legacy -A FORWARD -j DROP']], about: 'br_netfilter shows it no tagged frame', works: true },
    { name: 'iptables on the host', before: [['host', 'iptables -I FORWARD -j DROP']], works: true },
  ]),
  ...family('filters inside', [
    { name: 'the victim drops replies', before: inside('V', 'arp', 'input priority 0; policy accept', 'arp operation reply drop'), works: true },
    { name: 'the victim pins the MAC', before: inside('V', 'arp', 'input priority 0; policy accept', 'arp saddr ip {X.ip} arp saddr ether != {X.mac} drop'), works: false },
    { name: 'the victim pins another’s', before: inside('V', 'arp', 'input priority 0; policy accept', 'arp saddr ip {gateway} arp saddr ether != {bridge.mac} drop'), works: true },
    { name: 'the victim’s arptables', before: [['V', 'arptables -A INPUT -s {X.ip} ! --source-mac {X.mac} -j DROP']], about: 'On nft it adds a condition on the hardware type, and Linux believes two', works: true },
    { name: 'the victim’s arptables, legacy', before: [['V', 'arptables-legacy -A INPUT -s {X.ip} ! --source-mac {X.mac} -j DROP']], works: false },
    { name: 'the victim’s ingress', before: inside('V', 'netdev', 'ingress device eth0 priority 0; policy accept', 'ether type { arp, 8021q, 8021ad } drop'), works: false },
    { name: 'the victim’s iptables', before: [['V', 'iptables -P INPUT DROP']], works: true },
    { name: 'the attacker’s own arptables', before: [['A', 'arptables -A OUTPUT -j DROP']], works: true },
    { name: 'the attacker’s egress, not its own to change', before: inside('A', 'netdev', 'egress device eth0 priority 0; policy accept', 'ether type { arp, 8021q, 8021ad } drop'), works: false },
  ]),
];
