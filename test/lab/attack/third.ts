import { family, FORWARD, isolate, MAC, NDP, nft, TAGS, tcx, V6 } from './drafts.js';
import type { Before, Scenario } from './scenario.js';

const table = (...lines: readonly string[]): readonly Before[] => [['host', `nft add table bridge guard; ${lines.map((l) => `nft '${l}'`).join(' && ')}`]];
const sent = (...rules: readonly string[]): readonly Before[] => nft('netdev', 'ingress device {A.port} priority 0; policy accept', ...rules);
const base = 'add chain bridge guard c { type filter hook forward priority 0; policy accept; }';

/** A third search for wrong verdicts, by hand: of what this kernel has and these attacks can do. */
export const THIRD: readonly Scenario[] = [
  ...family('filters on the host', [
    { name: 'messages to the victim and about the third dropped', chosen: true, before: nft('bridge', FORWARD, 'arp daddr ip { {V.ip}, {X.ip} } drop', TAGS), about: 'Linux believes a message to anybody', works: true },
    { name: 'target MACs in use dropped', chosen: true, before: nft('bridge', FORWARD, 'arp daddr ether { {V.mac}, ff:ff:ff:ff:ff:ff, 00:00:00:00:00:00 } drop', TAGS), about: 'Nobody looks at the target MAC', works: true },
    { name: 'policy drop, questions for the gateway let through', chosen: true, before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept', 'arp daddr ip {gateway} accept'), works: true },
    { name: 'policy drop, the victim’s MAC let through', chosen: true, before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept', 'ether saddr {V.mac} accept'), works: true },
    { name: 'ebtables, gratuitous and to the victim', chosen: true, before: [['host', 'ebtables -A FORWARD -p ARP --arp-gratuitous -j DROP; ebtables -A FORWARD -p ARP --arp-ip-dst {V.ip} -j DROP; ebtables -A FORWARD -p ARP --arp-ip-dst {X.ip} -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], works: true },
    { name: 'addresses seen are let through', before: table('add set bridge guard seen { type ipv4_addr; size 1024; flags dynamic; timeout 1h; }', base, 'add rule bridge guard c iifname "{A.port}" ether type arp add @seen { arp saddr ip }', 'add rule bridge guard c iifname "{A.port}" arp saddr ip != @seen drop', `add rule bridge guard c ${TAGS}`), about: 'It learns from whoever speaks', works: true },
    { name: 'policy drop before learning, TCP let through', before: nft('bridge', 'prerouting priority -300; policy drop', 'ip protocol tcp accept', 'iifname != "{A.port}" accept'), try: MAC, works: true },
    { name: 'policy drop before learning, frames to the gateway let through', chosen: true, before: nft('bridge', 'prerouting priority -300; policy drop', 'ether daddr {bridge.mac} accept', 'iifname != "{A.port}" accept'), try: MAC, works: true },
    { name: 'policy drop before learning, an EtherType let through', chosen: true, before: nft('bridge', 'prerouting priority -300; policy drop', 'ether type 0x88cc accept', 'iifname != "{A.port}" accept'), try: MAC, works: true },
    { name: 'raw payload', before: nft('bridge', FORWARD, 'iifname "{A.port}" @nh,48,16 1 @nh,112,32 != {A.hex} drop', 'iifname "{A.port}" @nh,48,16 2 drop', TAGS), works: false },
    { name: 'traced', before: nft('bridge', FORWARD, 'meta nftrace set 1', 'ether type { arp, 8021q, 8021ad } meta priority set 1:1 counter drop'), works: false },
    { name: 'ebtables, gratuitous limit', before: [['host', 'ebtables -A FORWARD -i {A.port} -p ARP --limit 1000/s -j ACCEPT; ebtables -A FORWARD -i {A.port} -j DROP']], works: true },
    { name: 'ebtables, marked first', before: [['host', 'ebtables -A FORWARD -i {A.port} -j mark --mark-set 7 --mark-target CONTINUE; ebtables -A FORWARD --mark 7 -p ! IPv4 -j DROP']], works: false },
    { name: 'iptables on the host, reading', before: [['host', 'iptables -I FORWARD -i {bridge} -o {bridge} -j DROP']], reads: true, works: true },
    { name: 'arptables on the host, by this bridge alone', before: [['host', 'sysctl -qw net.bridge.bridge-nf-call-arptables=0; ip link set {bridge} type bridge nf_call_arptables 1; sysctl -qw net.bridge.bridge-nf-filter-vlan-tagged=1; arptables-legacy -A FORWARD -j DROP']], works: true },
  ]),
  ...family('bridge ports', [
    { name: 'both isolated, copies sent by nft', before: [...isolate('A', 'V'), ...sent('ether type arp dup to {V.port}')], works: true },
    { name: 'both isolated, frames forwarded by nft, dropped before', before: [...isolate('A', 'V'), ...sent('ether type { arp, 8021q, 8021ad } drop', 'fwd to {V.port}')], works: false },
    { name: 'all frames forwarded to the third by nft', before: sent('counter fwd to {X.port}'), works: false },
    { name: 'locked, another MAC let in', before: [['host', 'bridge fdb del {A.mac} dev {A.port} master 2>/dev/null; bridge fdb replace 02:bd:00:be:ef:01 dev {A.port} master static; bridge link set dev {A.port} locked on']], works: true },
  ]),
  ...family('networks', [
    { name: 'a macvlan of one bridge in another', second: 'apart', before: [['host', 'ip link add link {bridge} name v{n} type macvlan mode bridge && ip link set v{n} up && ip link set v{n} master {bridge2}']], works: true },
    { name: 'the attacker’s port in a bridge of another namespace', before: [['host', 'ip netns add z{n} && ip link set {A.port} netns z{n} && ip -n z{n} link set {A.port} up']], works: false },
    { name: 'both ports in a bridge of another namespace', before: [['host', 'ip netns add z{n} && ip -n z{n} link add b0 type bridge && ip -n z{n} link set b0 up && for p in {A.port} {V.port} {X.port}; do ip link set $p netns z{n} && ip -n z{n} link set $p master b0 up; done']], works: true },
    { name: 'macvlan, the attacker turns private into bridge', network: ['-d', 'macvlan', '-o', 'parent=m{n}', '-o', 'macvlan_mode=private'], A: ['--cap-add', 'NET_ADMIN'], before: [['V', 'ip link set eth0 type macvlan mode bridge'], ['A', 'ip link set eth0 type macvlan mode bridge']], works: true },
    { name: 'NET_ADMIN, macvlan private', network: ['-d', 'macvlan', '-o', 'parent=m{n}', '-o', 'macvlan_mode=private'], A: ['--cap-add', 'NET_ADMIN'], works: false },
    { name: 'macvlan, the parent down', network: ['-d', 'macvlan', '-o', 'parent=m{n}'], before: [['host', 'ip link set m{n} down']], works: false },
    { name: 'the rule that lets traffic pass taken away', before: [['host', 'iptables -D FORWARD -i {bridge} -o {bridge} -j ACCEPT']], reads: true, works: true },
    { name: 'icc=false, IPv4 rules by hand', before: [['host', 'iptables -I DOCKER-USER -i {bridge} -o {bridge} -j DROP']], reads: true, works: true },
    { name: 'icc=false, rules of legacy iptables', before: [['host', 'iptables-legacy -I FORWARD -i {bridge} -o {bridge} -j DROP']], reads: true, works: true },
    { name: 'icc=false, rules of legacy iptables behind one that accepts', before: [['host', 'iptables-legacy -I FORWARD -i {bridge} -o {bridge} -j DROP; iptables-legacy -I FORWARD -i {bridge} -p icmp -j ACCEPT']], reads: true, works: true },
    { name: 'icc=false, rules of legacy iptables for others', before: [['host', 'iptables-legacy -I FORWARD -i {bridge} -o {bridge} -s 10.99.0.0/16 -j DROP']], reads: true, works: true },
    { name: 'ageing off', before: [['host', 'ip link set {bridge} type bridge ageing_time 0']], works: true },
  ]),
  ...family('programs', [
    { name: 'a tcx program at the victim’s port', before: tcx('{V.port}'), about: 'It sees what the victim sends', works: true },
  ]),
  ...family('seccomp', [
    { name: 'a rule like the default does not stand', A: ['--security-opt', 'seccomp={profile:like-default}'], works: true },
    { name: 'nothing sent to an address, nothing bound', A: ['--security-opt', 'seccomp={profile:no-send}'], works: false },
  ]),
  ...family('IPv6', [
    { name: 'messages to the victim’s groups and addresses dropped', chosen: true, network: V6, before: nft('bridge', FORWARD, 'icmpv6 type { nd-neighbor-advert, nd-router-advert } drop', 'ip6 daddr ff02::1:ff00:0/104 drop', 'ip6 daddr {V.ip6} drop', TAGS), try: NDP, about: 'All nodes are asked as well', works: true },
    { name: 'messages to groups by MAC and to the victim dropped', chosen: true, network: V6, before: nft('bridge', FORWARD, 'ether daddr 33:33:00:00:00:00/16 drop', 'ether daddr {V.mac} ether type ip6 drop', TAGS), try: NDP, about: 'A broadcast carries what is for one', works: true },
    { name: 'the victim’s ip6tables, legacy', network: V6, before: [['V', 'ip6tables-legacy -P INPUT DROP']], try: NDP, works: false },
    { name: 'ip6tables on the host, legacy, br_netfilter', network: V6, before: [['host', 'ip6tables-legacy -P FORWARD DROP; ip6tables-legacy -F FORWARD; sysctl -qw net.bridge.bridge-nf-filter-vlan-tagged=1']], try: NDP, works: true },
    { name: 'ct state at the host', network: V6, victim: 'host', before: [['host', "nft add table inet guard && nft 'add chain inet guard c { type filter hook input priority 0; policy drop; }' && nft 'add rule inet guard c ct state established,related accept' && nft 'add rule inet guard c ct state invalid drop' && nft 'add rule inet guard c icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept'"]], try: NDP, works: true },
  ]),
];
