import { DROP_ALL, family, FORWARD, inside, isolate, MAC, NDP, nft, TAGS, V6 } from './drafts.js';
import type { Before, Scenario } from './scenario.js';

const table = (...lines: readonly string[]): readonly Before[] => [['host', `nft add table bridge guard; ${lines.map((l) => `nft '${l}'`).join(' && ')}`]];
const base = 'add chain bridge guard c { type filter hook forward priority 0; policy accept; }';
const vlanOn = (on: string): string => `ip link add link ${on} name v{n} type vlan id 10 && ip link set v{n} up`;

/** A third search for wrong verdicts, by hand. */
export const THIRD: readonly Scenario[] = [
  ...family('filters on the host', [
    { name: 'messages to the victim and about the third dropped', before: nft('bridge', FORWARD, 'arp daddr ip { {V.ip}, {X.ip} } drop', TAGS), about: 'Linux believes a message to anybody', works: true },
    { name: 'target MACs in use dropped', before: nft('bridge', FORWARD, 'arp daddr ether { {V.mac}, ff:ff:ff:ff:ff:ff, 00:00:00:00:00:00 } drop', TAGS), about: 'Nobody looks at the target MAC', works: true },
    { name: 'policy drop, questions for the gateway let through', chosen: true, before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept', 'arp daddr ip {gateway} accept'), works: true },
    { name: 'policy drop, the victim’s MAC let through', chosen: true, before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept', 'ether saddr {V.mac} accept'), works: true },
    { name: 'ebtables, gratuitous and to the victim', before: [['host', 'ebtables -A FORWARD -p ARP --arp-gratuitous -j DROP; ebtables -A FORWARD -p ARP --arp-ip-dst {V.ip} -j DROP; ebtables -A FORWARD -p ARP --arp-ip-dst {X.ip} -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], works: true },
    { name: 'addresses seen are let through', before: table('add set bridge guard seen { type ipv4_addr; size 1024; flags dynamic; timeout 1h; }', base, 'add rule bridge guard c iifname "{A.port}" ether type arp add @seen { arp saddr ip }', 'add rule bridge guard c iifname "{A.port}" arp saddr ip != @seen drop', `add rule bridge guard c ${TAGS}`), about: 'It learns from whoever speaks', works: true },
    { name: 'policy drop before learning, TCP let through', before: nft('bridge', 'prerouting priority -300; policy drop', 'ip protocol tcp accept', 'iifname != "{A.port}" accept'), try: MAC, works: true },
    { name: 'policy drop before learning, frames to the gateway let through', chosen: true, before: nft('bridge', 'prerouting priority -300; policy drop', 'ether daddr {bridge.mac} accept', 'iifname != "{A.port}" accept'), try: MAC, works: true },
    { name: 'policy drop before learning, an EtherType let through', chosen: true, before: nft('bridge', 'prerouting priority -300; policy drop', 'ether type 0x88cc accept', 'iifname != "{A.port}" accept'), try: MAC, works: true },
    { name: 'raw payload', before: nft('bridge', FORWARD, 'iifname "{A.port}" @nh,48,16 1 @nh,112,32 != {A.hex} drop', 'iifname "{A.port}" @nh,48,16 2 drop', TAGS), works: false },
    { name: 'ct state invalid', before: nft('bridge', FORWARD, 'ct state invalid drop'), works: true },
    { name: 'ct state, policy drop', before: nft('bridge', 'forward priority 0; policy drop', 'ct state established,related accept', 'ct state new accept'), works: false },
    { name: 'ct state untracked', before: nft('bridge', FORWARD, 'ct state untracked drop'), works: false },
    { name: 'traced', before: nft('bridge', FORWARD, 'meta nftrace set 1', 'ether type { arp, 8021q, 8021ad } meta priority set 1:1 counter drop'), works: false },
    { name: 'ebtables, gratuitous limit', before: [['host', 'ebtables -A FORWARD -i {A.port} -p ARP --limit 1000/s -j ACCEPT; ebtables -A FORWARD -i {A.port} -j DROP']], works: true },
    { name: 'ebtables, marked first', before: [['host', 'ebtables -A FORWARD -i {A.port} -j mark --mark-set 7 --mark-target CONTINUE; ebtables -A FORWARD --mark 7 -p ! IPv4 -j DROP']], works: false },
    { name: 'iptables on the host, reading', before: [['host', 'iptables -I FORWARD -i {bridge} -o {bridge} -j DROP']], reads: true, works: true },
    { name: 'arptables on the host, by this bridge alone', before: [['host', 'sysctl -qw net.bridge.bridge-nf-call-arptables=0; ip link set {bridge} type bridge nf_call_arptables 1; sysctl -qw net.bridge.bridge-nf-filter-vlan-tagged=1; arptables-legacy -A FORWARD -j DROP']], works: true },
    { name: 'ebtables-legacy', before: [['host', 'ebtables-legacy -A FORWARD -p ARP -j DROP; ebtables-legacy -A FORWARD -p 802_1Q -j DROP; ebtables-legacy -A FORWARD -p 0x88a8 -j DROP']], works: false },
    { name: 'only the third’s first address guarded', before: [['X', 'ip addr add 172.29.77.9/24 dev eth0'], ['V', 'ip addr add 172.29.77.8/24 dev eth0'], ...nft('bridge', FORWARD, 'arp saddr ip {X.ip} drop', TAGS)], works: false },
  ]),
  ...family('tc', [
    { name: 'u32, two matches', before: [['host', 'tc qdisc add dev {A.port} clsact; tc filter add dev {A.port} ingress protocol all u32 match u16 0x0002 0xffff at 6 match u16 0x0806 0xffff at -2 action drop']], works: true },
    { name: 'u32, ARP and tags by word', before: [['host', 'tc qdisc add dev {A.port} clsact; tc filter add dev {A.port} ingress protocol arp pref 1 u32 match u32 0 0 action drop; tc filter add dev {A.port} ingress protocol 802.1q pref 2 u32 match u32 0 0 action drop; tc filter add dev {A.port} ingress protocol 802.1ad pref 3 u32 match u32 0 0 action drop']], works: false },
    { name: 'u32, the sender’s address', before: [['host', 'tc qdisc add dev {A.port} clsact; tc filter add dev {A.port} ingress protocol arp pref 1 u32 match u32 {A.hex} 0xffffffff at 14 action pass; tc filter add dev {A.port} ingress protocol arp pref 2 matchall action drop; tc filter add dev {A.port} ingress protocol 802.1q pref 4 matchall action drop; tc filter add dev {A.port} ingress protocol 802.1ad pref 5 matchall action drop']], works: false },
    { name: 'redirected past isolation', before: [...isolate('A', 'V'), ['host', 'tc qdisc add dev {A.port} clsact; tc filter add dev {A.port} ingress matchall action mirred egress mirror dev {V.port}']], works: true },
    { name: 'redirected away', before: [['host', 'ip link add j{n}a type veth peer name j{n}b; ip link set j{n}a up; tc qdisc add dev {A.port} clsact; tc filter add dev {A.port} ingress matchall action mirred egress redirect dev j{n}a']], works: false },
    { name: 'redirected to another network', second: 'apart', before: [['host', 'tc qdisc add dev {A.port} clsact; tc filter add dev {A.port} ingress matchall action mirred egress mirror dev {V.port}']], works: true },
    { name: 'marked and dropped', before: [['host', 'tc qdisc add dev {A.port} clsact; tc filter add dev {A.port} ingress matchall action skbedit mark 3 pipe action drop']], works: false },
    { name: 'policed', before: [['host', 'tc qdisc add dev {A.port} clsact; tc filter add dev {A.port} ingress matchall action police rate 1mbit burst 100k conform-exceed drop']], works: true },
    { name: 'a shared block', before: [['host', 'tc qdisc add dev {A.port} ingress_block 22 clsact; tc filter add block 22 matchall action drop']], works: false },
    { name: 'all is lost at the victim’s port', before: [['host', 'tc qdisc add dev {V.port} root netem loss 100%']], works: false },
    { name: 'a classful filter at the victim’s port', before: [['host', 'tc qdisc add dev {V.port} root handle 1: prio; tc filter add dev {V.port} parent 1: protocol arp matchall action drop']], works: true },
  ]),
  ...family('bridge ports', [
    { name: 'locked, another MAC let in', before: [['host', 'bridge fdb del {A.mac} dev {A.port} master 2>/dev/null; bridge fdb replace 02:bd:00:be:ef:01 dev {A.port} master static; bridge link set dev {A.port} locked on']], works: true },
  ]),
  ...family('networks', [
    { name: 'a VLAN device of one bridge in another', second: 'apart', before: [['host', `${vlanOn('{bridge}')} && ip link set v{n} master {bridge2}`]], tags: [10], works: true },
    { name: 'a macvlan of one bridge in another', second: 'apart', before: [['host', 'ip link add link {bridge} name v{n} type macvlan mode bridge && ip link set v{n} up && ip link set v{n} master {bridge2}']], works: true },
    { name: 'the attacker’s port in a bridge of another namespace', before: [['host', 'ip netns add z{n} && ip link set {A.port} netns z{n} && ip -n z{n} link set {A.port} up']], works: false },
    { name: 'both ports in a bridge of another namespace', before: [['host', 'ip netns add z{n} && ip -n z{n} link add b0 type bridge && ip -n z{n} link set b0 up && for p in {A.port} {V.port} {X.port}; do ip link set $p netns z{n} && ip -n z{n} link set $p master b0 up; done']], works: true },
    { name: 'a second interface on the same bridge, the first isolated', before: [...isolate('A', 'V'), ['host', 'ip link add j{n}a type veth peer name j{n}b && ip link set j{n}a master {bridge} up'], ['host', 'ip link set j{n}b netns {A.pid}'], ['A', 'ip link set j{n}b up']], works: true },
    { name: 'the victim’s address on a bridge inside it', V: ['--privileged'], before: [['V', 'ip link add b0 type bridge && ip link set b0 up && ip addr flush dev eth0 && ip link set eth0 master b0 && ip addr add {V.ip}/16 dev b0']], works: true },
    { name: 'macvlan, the attacker turns private into bridge', network: ['-d', 'macvlan', '-o', 'parent=m{n}', '-o', 'macvlan_mode=private'], A: ['--cap-add', 'NET_ADMIN'], before: [['V', 'ip link set eth0 type macvlan mode bridge'], ['A', 'ip link set eth0 type macvlan mode bridge']], works: true },
    { name: 'NET_ADMIN, macvlan private', network: ['-d', 'macvlan', '-o', 'parent=m{n}', '-o', 'macvlan_mode=private'], A: ['--cap-add', 'NET_ADMIN'], works: false },
    { name: 'icc=false, IPv4 rules by hand', before: [['host', 'iptables -I DOCKER-USER -i {bridge} -o {bridge} -j DROP']], reads: true, works: true },
    { name: 'ageing off', before: [['host', 'ip link set {bridge} type bridge ageing_time 0']], works: true },
  ]),
  ...family('seccomp', [
    { name: 'a rule like the default does not stand', A: ['--security-opt', 'seccomp={profile:like-default}'], works: true },
    { name: 'no socket, io_uring forgotten, NET_ADMIN', A: [...DROP_ALL, '--cap-add', 'NET_ADMIN', '--security-opt', 'seccomp={profile:no-socket-but-ring}'], works: true },
    { name: 'nothing sent to an address, nothing bound', A: ['--security-opt', 'seccomp={profile:no-send}'], works: false },
    { name: 'raw IPv6 of other protocols', A: ['--security-opt', 'seccomp={profile:raw-others}'], network: V6, try: NDP, works: true },
  ]),
  ...family('capabilities', [
    { name: 'a packet socket opened before the rights were given up', A: [...DROP_ALL, '--cap-add', 'NET_RAW', '--cap-add', 'SETUID', '--cap-add', 'SETGID', '--cap-add', 'SETPCAP', '--security-opt', 'no-new-privileges'], works: true },
  ]),
  ...family('IPv6', [
    { name: 'messages to the victim’s groups and addresses dropped', network: V6, before: nft('bridge', FORWARD, 'icmpv6 type { nd-neighbor-advert, nd-router-advert } drop', 'ip6 daddr ff02::1:ff00:0/104 drop', 'ip6 daddr {V.ip6} drop', TAGS), try: NDP, about: 'All nodes are asked as well', works: true },
    { name: 'messages to groups by MAC and to the victim dropped', network: V6, before: nft('bridge', FORWARD, 'ether daddr 33:33:00:00:00:00/16 drop', 'ether daddr {V.mac} ether type ip6 drop', TAGS), try: NDP, about: 'A broadcast carries what is for one', works: true },
    { name: 'the victim drops solicitations of its address', network: V6, before: inside('V', 'ip6', 'input priority 0; policy accept', 'icmpv6 type { nd-neighbor-advert, nd-router-advert } drop', 'ip6 daddr { {V.ip6}, ff02::1, ff02::1:ff00:0/104 } drop'), try: NDP, about: 'Its link-local one is another', works: true },
    { name: 'the victim’s ip6tables, legacy', network: V6, before: [['V', 'ip6tables-legacy -P INPUT DROP']], try: NDP, works: false },
    { name: 'ip6tables on the host, legacy, br_netfilter', network: V6, before: [['host', 'ip6tables-legacy -P FORWARD DROP; ip6tables-legacy -F FORWARD; sysctl -qw net.bridge.bridge-nf-filter-vlan-tagged=1']], try: NDP, works: true },
    { name: 'ct state at the host', network: V6, victim: 'host', before: [['host', "nft add table inet guard && nft 'add chain inet guard c { type filter hook input priority 0; policy drop; }' && nft 'add rule inet guard c ct state established,related accept' && nft 'add rule inet guard c ct state invalid drop' && nft 'add rule inet guard c icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept'"]], try: NDP, works: true },
  ]),
];
