import { family, FORWARD, inside, isolate, MAC, NDP, nft, TABLE, TAGS, tcx, V6, xdp } from './drafts.js';
import type { Scenario } from './scenario.js';

const EVERY = 'ether type { arp, 8021q, 8021ad } drop';

/** What a second search for wrong verdicts came to: those that found one, and their neighbours. */
export const LATER: readonly Scenario[] = [
  ...family('filters on the host', [
    { name: 'ebtables, a chain that drops at its end', before: [['host', 'ebtables -N PIN -P DROP; ebtables -A FORWARD -p ! IPv4 -j PIN; ebtables -A PIN -p IPv6 -j ACCEPT']], works: false },
    { name: 'ebtables, a chain that accepts at its end', before: [['host', 'ebtables -N PIN -P ACCEPT; ebtables -A FORWARD -i {A.port} -j PIN; ebtables -A PIN -p IPv6 -j DROP; ebtables -A FORWARD -p ARP -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], about: 'Its end is asked before the rules after it', works: true },
    { name: 'policy drop, requests let through', before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept', 'arp operation request accept'), works: true },
    { name: 'policy drop, tags let through', before: nft('bridge', 'forward priority 0; policy drop', 'ether type { ip, ip6, 8021q } accept'), works: true },
    { name: 'one address guarded', before: nft('bridge', FORWARD, 'arp saddr ip {X.ip} arp saddr ether != {X.mac} drop', TAGS), works: false },
    { name: 'one address guarded, as the gateway', as: 'gateway', before: nft('bridge', FORWARD, 'arp saddr ip {X.ip} arp saddr ether != {X.mac} drop', TAGS), works: true },
    { name: 'everything between the two ports dropped', before: nft('bridge', FORWARD, 'iifname "{A.port}" oifname "{V.port}" drop'), try: MAC, works: true },
    { name: 'IP between ports dropped', before: nft('bridge', FORWARD, 'ether type ip drop'), about: 'It is fooled, and its traffic does not come', reads: true, works: true },
    { name: 'MAC pinned before learning, IPv6 forgotten', before: nft('bridge', 'prerouting priority -300; policy accept', 'iifname "{A.port}" ether type { ip, arp, 8021q, 8021ad, 0x88b5 } ether saddr != {A.mac} drop'), try: MAC, works: true },
    { name: 'own MAC in both places, address free', before: nft('bridge', 'prerouting priority -300; policy accept', 'iifname "{A.port}" ether saddr != {A.mac} drop', 'iifname "{A.port}" arp saddr ether != {A.mac} drop'), works: true },
    { name: 'netdev, two ports of three', before: [['host', "nft add table netdev guard && nft 'add chain netdev guard c { type filter hook ingress devices = { {V.port}, {X.port} } priority 0; policy accept; }' && nft 'add rule netdev guard c " + EVERY + "'"]], works: true },
    { name: 'ebtables, the impersonated address guarded', about: 'It looks for MACs in messages of hardware type 1 alone', before: [['host', 'ebtables -A FORWARD -p ARP --arp-ip-src {X.ip} --arp-mac-src ! {X.mac} -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], works: true },
    { name: 'arptables at the host, host as victim', victim: 'host', before: [['host', 'arptables -A INPUT -s {X.ip} ! --source-mac {X.mac} -j DROP']], works: true },
  ]),
  ...family('filters inside', [
    { name: 'the victim lets requests through', before: inside('V', 'arp', 'input priority 0; policy drop', 'arp operation request accept'), works: true },
  ]),
  ...family('the victim', [
    { name: 'NOARP entry', before: [['V', 'ip neigh replace {X.ip} lladdr {X.mac} dev eth0 nud noarp']], works: false },
  ]),
  ...family('bridge ports', [
    { name: 'ageing off, MAC', before: [['host', 'ip link set {bridge} type bridge ageing_time 0']], try: MAC, works: false },
    { name: 'both isolated, frames forwarded by nft', before: [...isolate('A', 'V'), ...nft('netdev', 'ingress device {A.port} priority 0; policy accept', 'ether type arp fwd to {V.port}')], about: 'A rule takes them before the bridge is asked', works: true },
    { name: 'the attacker’s port blocking', before: [['host', 'bridge link set dev {A.port} state 4']], about: 'Without spanning tree the kernel lets it forward again at once (br_port_state_selection)', works: true },
    { name: 'the attacker’s port taken off the bridge', before: [['host', 'ip link set {A.port} nomaster']], works: false },
    { name: 'the victim’s port on another bridge', before: [['host', 'ip link add j{n}a type bridge && ip link set j{n}a up && ip link set {V.port} master j{n}a']], works: false },
  ]),
  ...family('capabilities', [
    { name: 'an ordinary user whose engine-given set has it', A: ['--user', '1000', '--cap-add', 'NET_RAW'], about: 'Latent: no process has it until the engine starts one as root', works: false },
  ]),
  ...family('programs', [
    { name: 'a tcx program at its port', before: tcx('{A.port}'), about: 'tc lists none of them', unread: true, works: false },
    { name: 'an XDP program at its port', before: xdp('host', '{A.port}'), about: 'What a program does cannot be read from it', unread: true, works: false },
    { name: 'an XDP program at the victim’s port', before: xdp('host', '{V.port}'), about: 'It sees what the victim sends', works: true },
    { name: 'an XDP program at the victim’s interface', before: xdp('V', 'eth0'), unread: true, works: false },
    { name: 'a tc program at its port', before: [['host', "tc qdisc add dev {A.port} clsact && tc filter add dev {A.port} ingress bpf da bytecode '1,6 0 0 2'"]], unread: true, works: false },
  ]),
  ...family('IPv6', [
    { name: 'messages and destination options dropped', network: V6, before: nft('bridge', FORWARD, 'ip6 nexthdr { icmpv6, 60 } drop', TAGS), try: NDP, about: 'Hop-by-hop options come before', works: true },
    { name: 'messages, destination and hop-by-hop options dropped', network: V6, before: nft('bridge', FORWARD, 'ip6 nexthdr { icmpv6, 60, 0 } drop', TAGS), try: NDP, about: 'A routing header with nothing left does the same', works: true },
    { name: 'messages and all headers dropped', network: V6, before: nft('bridge', FORWARD, 'ip6 nexthdr { icmpv6, 60, 0, 43 } drop', TAGS), try: NDP, works: false },
    { name: 'solicitations to the victim dropped', network: V6, before: nft('bridge', FORWARD, 'icmpv6 type { nd-neighbor-advert, nd-router-advert } drop', 'ip6 daddr {V.ip6} icmpv6 type nd-neighbor-solicit drop', TAGS), try: NDP, about: 'They go to a group as well', works: true },
    { name: 'all but router solicitations dropped, the host as victim', network: V6, victim: 'host', before: nft('bridge', 'input priority 0; policy accept', 'icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit, nd-router-advert } drop', TAGS), try: NDP, about: 'A host that forwards takes a router solicitation', works: true },
  ]),
  ...family('networks', [
    { name: 'two bridges joined by one in a namespace without processes', second: 'apart', before: [['host', 'ip netns add z{n} && ip -n z{n} link add b0 type bridge && ip -n z{n} link set b0 up && ip link add j{n}a type veth peer name k0 netns z{n} && ip link add v{n} type veth peer name k1 netns z{n} && ip link set j{n}a master {bridge} up && ip link set v{n} master {bridge2} up && ip -n z{n} link set k0 master b0 up && ip -n z{n} link set k1 master b0 up']], works: true },
    { name: 'macvlan private, on a port with hairpin', network: ['-d', 'macvlan', '-o', 'parent=m{n}', '-o', 'macvlan_mode=private'], before: [['host', 'ip link add v{n} type bridge && ip link set v{n} up && ip link set m{n}p master v{n} && bridge link set dev m{n}p hairpin on']], about: 'Private mode refuses nothing that comes back at the parent', works: true },
    { name: 'icc=false, accepted before', network: ['-o', 'com.docker.network.bridge.enable_icc=false'], before: [['host', 'iptables -I DOCKER-USER -i {bridge} -o {bridge} -j ACCEPT']], reads: true, about: 'What the engine’s rule would drop is let through before it', works: true },
    { name: 'a bridge inside the attacker joins two networks', second: 'both', A: ['--privileged'], before: [['A', 'ip link add b0 type bridge && ip link set b0 up && ip link set eth0 master b0 && ip link set eth1 master b0']], works: true },
  ]),
  ...family('shared namespaces', [
    { name: 'on the host’s network, NET_ADMIN, isolated and filtered', A: ['--network', 'host', '--cap-add', 'NET_ADMIN'], before: [...isolate('V', 'X'), ...nft('bridge', FORWARD, 'drop')], works: true },
    { name: 'host’s pids and SYS_ADMIN', A: ['--pid', 'host', '--cap-add', 'SYS_ADMIN'], try: TABLE, works: false },
  ]),
];
