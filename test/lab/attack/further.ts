import { ARP, BOTH, DROP_ALL, family, FORWARD, inside, isolate, MAC, NDP, nft, TAGS, V6 } from './drafts.js';
import type { Before, Scenario } from './scenario.js';

const EVERY = 'ether type { arp, 8021q, 8021ad } drop';
const PREROUTING = 'prerouting priority -300; policy accept';
const table = (...rest: readonly string[]): readonly Before[] => [['host', ['nft add table bridge guard', ...rest.map((r) => `nft '${r}'`)].join(' && ')]];
const base = 'add chain bridge guard c { type filter hook forward priority 0; policy accept; }';

/** Scenarios that were written to find a wrong verdict. */
export const FURTHER: readonly Scenario[] = [
  ...family('filters on the host', [
    { name: 'a dormant table', before: table(base, 'add rule bridge guard c ' + EVERY, 'add table bridge guard { flags dormant; }'), about: 'Its rules are listed, and none is asked', works: true },
    { name: 'a mark set before and dropped after', before: table('add chain bridge guard p { type filter hook prerouting priority 0; policy accept; }', 'add rule bridge guard p iifname "{A.port}" meta mark set 7', base, 'add rule bridge guard c meta mark 7 ' + EVERY), works: false },
    { name: 'a map of verdicts by port and address', before: table('add chain bridge guard c { type filter hook forward priority 0; policy drop; }', 'add rule bridge guard c ether type ip accept', 'add rule bridge guard c iifname . arp saddr ip vmap { "{A.port}" . {A.ip} : accept, "{V.port}" . {V.ip} : accept, "{X.port}" . {X.ip} : accept }'), works: false },
    { name: 'a named map of verdicts with a default', before: table('add map bridge guard who { type ipv4_addr : verdict; elements = { {A.ip} : accept, {V.ip} : accept }; }', base, 'add rule bridge guard c arp saddr ip vmap @who', 'add rule bridge guard c ether type arp drop', 'add rule bridge guard c ' + TAGS), works: false },
    { name: 'a chain that returns too early', before: table('add chain bridge guard pin', base, 'add rule bridge guard pin arp operation request return', 'add rule bridge guard pin ' + EVERY, 'add rule bridge guard c jump pin'), works: true },
    { name: 'a goto, and the rule after it', before: table('add chain bridge guard pin', base, 'add rule bridge guard pin ether saddr 02:00:00:00:00:01 drop', 'add rule bridge guard c goto pin', 'add rule bridge guard c ' + EVERY), about: 'What follows a goto is never asked', works: true },
    { name: 'accepted early, dropped later', before: table('add chain bridge guard e { type filter hook forward priority -10; policy accept; }', 'add rule bridge guard e accept', base, 'add rule bridge guard c ' + EVERY), about: 'An accept ends its own chain alone', works: false },
    { name: 'dropped over a quota', before: nft('bridge', FORWARD, 'ether type { arp, 8021q, 8021ad } quota over 100 mbytes drop'), about: 'A quota is a condition', works: true },
    { name: 'dropped over a rate', before: nft('bridge', FORWARD, 'ether type { arp, 8021q, 8021ad } limit rate over 1000/second drop'), works: true },
    { name: 'a meter', before: table('add set bridge guard seen { type ether_addr; size 1024; flags dynamic; }', base, 'add rule bridge guard c ether type { arp, 8021q, 8021ad } update @seen { ether saddr limit rate over 1000/second } drop'), works: true },
    { name: 'broadcast, multicast and what is for the host dropped', before: nft('bridge', FORWARD, 'meta pkttype { host, broadcast, multicast } drop'), about: 'On a bridge, what is for another port is `other`', works: true },
    { name: 'packets for others dropped', before: nft('bridge', FORWARD, 'ether type { arp, 8021q, 8021ad } meta pkttype { other, broadcast, multicast } drop'), works: false },
    { name: 'everything that is not IP dropped', before: nft('bridge', FORWARD, 'ether type != { ip, ip6 } drop'), works: false },
    { name: 'ARP with a strange length or type dropped', before: nft('bridge', FORWARD, 'arp htype != 1 drop', 'arp hlen != 6 drop', 'arp ptype != ip drop', TAGS), works: true },
    { name: 'own MAC required in the message', before: nft('bridge', FORWARD, 'iifname "{A.port}" arp saddr ether != {A.mac} drop', TAGS), works: true },
    { name: 'own address and MAC required, before learning', before: nft('bridge', PREROUTING, 'iifname "{A.port}" ether saddr != {A.mac} drop', 'iifname "{A.port}" arp saddr ip != {A.ip} drop', 'iifname "{A.port}" ether type { 8021q, 8021ad } drop'), works: false },
    { name: 'own address and MAC required, before learning, MAC', before: nft('bridge', PREROUTING, 'iifname "{A.port}" ether saddr != {A.mac} drop', 'iifname "{A.port}" arp saddr ip != {A.ip} drop', 'iifname "{A.port}" ether type { 8021q, 8021ad } drop'), try: MAC, works: true },
    { name: 'the network’s addresses let through', before: nft('bridge', FORWARD, 'arp saddr ip != { 172.16.0.0/12, 192.168.0.0/16 } drop', TAGS), works: true },
    { name: 'ports by pattern', before: nft('bridge', FORWARD, 'iifname "veth*" oifname "veth*" ' + EVERY), works: false },
    { name: 'ports by pattern, the host as victim', before: nft('bridge', FORWARD, 'iifname "veth*" ' + EVERY), victim: 'host', works: true },
    { name: 'a bitmask of the group bit', before: nft('bridge', FORWARD, 'ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 drop'), works: true },
    { name: 'tags let through by number', before: nft('bridge', FORWARD, 'vlan id 1-4094 drop', 'ether type arp drop', 'ether type 8021ad drop'), about: 'VLAN 0 is no VLAN and yet a tag', works: true },
    { name: 'behind the tag too', before: nft('bridge', FORWARD, 'ether type arp drop', 'vlan type arp drop'), about: 'Two tags hide it', works: true },
    { name: 'netdev ingress at the victim’s port', before: nft('netdev', 'ingress device {V.port} priority 0; policy accept', EVERY), about: 'It sees what the victim sends', works: true },
    { name: 'netdev egress at the attacker’s port', before: nft('netdev', 'egress device {A.port} priority 0; policy accept', EVERY), works: true },
    { name: 'netdev ingress by protocol', before: nft('netdev', 'ingress device {A.port} priority 0; policy accept', 'meta protocol arp drop'), about: 'Two tags hide it', works: true },
    { name: 'netdev ingress, MAC', before: nft('netdev', 'ingress device {A.port} priority 0; policy accept', 'ether saddr != {A.mac} drop'), try: MAC, works: false },
    { name: 'bridge postrouting', before: nft('bridge', 'postrouting priority 0; policy accept', 'oifname "{V.port}" ' + EVERY), works: false },
    { name: 'ebtables, only what is known let through', before: [['host', 'ebtables -P FORWARD DROP; ebtables -A FORWARD -p IPv4 -j ACCEPT; ebtables -A FORWARD -p ARP -i {A.port} --arp-ip-src {A.ip} --arp-mac-src {A.mac} -j ACCEPT']], works: false },
    { name: 'ebtables, gratuitous', before: [['host', 'ebtables -A FORWARD -p ARP --arp-gratuitous -j DROP; ebtables -A FORWARD -p 802_1Q -j DROP; ebtables -A FORWARD -p 0x88a8 -j DROP']], works: true },
  ]),
  ...family('filters inside', [
    { name: 'on the host’s network, egress at the victim’s port', A: ['--network', 'host'], before: nft('netdev', 'egress device {V.port} priority 0; policy accept', EVERY), about: 'AF_XDP goes past it', works: true },
    { name: 'the attacker’s egress, by AF_XDP too', A: ['--security-opt', 'seccomp={profile:no-xdp}'], before: inside('A', 'netdev', 'egress device eth0 priority 0; policy accept', EVERY), about: 'A profile refuses AF_XDP, which goes past it', works: false },
  ]),
  ...family('user namespaces', [
    { name: 'in the net namespace of a remapped one, not remapped', engine: 'remap', donor: [], A: ['--userns', 'host'], works: true },
    { name: 'the same, root without any right', engine: 'remap', donor: [], A: ['--userns', 'host', '--cap-drop', 'ALL'], works: true, about: 'Root made that user namespace, and rules it from above' },
    { name: 'the same, another user without any right', engine: 'remap', donor: [], A: ['--userns', 'host', '--cap-drop', 'ALL', '--user', '1000', '--security-opt', 'no-new-privileges'], works: false },
  ]),
  ...family('seccomp', [
    { name: 'packet sockets refused, AF_XDP forgotten', A: ['--security-opt', 'seccomp={profile:no-packet-but-xdp}'], works: true },
    { name: 'packet sockets refused, 32-bit programs admitted', A: ['--security-opt', 'seccomp={profile:no-packet-but-32}'], works: false, about: 'libseccomp closes socketcall with socket' },
    { name: 'some families admitted, 32-bit programs too', A: ['--security-opt', 'seccomp={profile:families-32}'], works: true },
    { name: 'packet sockets refused, io_uring forgotten', A: ['--security-opt', 'seccomp={profile:no-packet-but-ring}'], works: true },
    { name: 'families admitted by number', A: ['--security-opt', 'seccomp={profile:families}'], try: BOTH, works: false },
    { name: 'families below a number admitted', A: ['--security-opt', 'seccomp={profile:families-below}'], works: false },
  ]),
  ...family('IPv6', [
    { name: 'advertisements and solicitations dropped', network: V6, before: nft('bridge', FORWARD, 'icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit } drop', TAGS), try: NDP, about: 'A router advertisement tells of its sender too', works: true },
    { name: 'neighbour and router messages dropped', network: V6, before: nft('bridge', FORWARD, 'icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit, nd-router-advert, nd-router-solicit, nd-redirect } drop', TAGS), try: NDP, works: false },
    { name: 'router advertisements not accepted', network: V6, before: [...nft('bridge', FORWARD, 'icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit } drop', TAGS), ['V', 'sysctl -qw net.ipv6.conf.eth0.accept_ra=0']], try: NDP, works: true },
    { name: 'off at the victim', network: V6, before: [['V', 'sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1']], try: NDP, works: false },
    { name: 'ip6tables on the host, br_netfilter', network: V6, before: [['host', 'ip6tables -I FORWARD -p icmpv6 -j DROP']], try: NDP, works: true },
    { name: 'taken address', network: V6, A: [...DROP_ALL, '--cap-add', 'NET_ADMIN'], try: ARP, works: true },
  ]),
  ...family('bridge ports', [
    { name: 'sticky entry for the stolen MAC', before: [['host', 'bridge fdb replace {X.mac} dev {X.port} master static sticky']], try: MAC, about: 'Sticky keeps it from moving', works: false },
    { name: 'permanent entry for the stolen MAC', before: [['host', 'bridge fdb replace {X.mac} dev {X.port} master permanent']], try: MAC, about: 'Permanent is the host’s own, and not learned', works: false },
  ]),
  ...family('Podman', [
    { name: 'as the engine ships it', engine: 'podman', try: BOTH, reads: true, works: true },
    { name: 'as the gateway', engine: 'podman', as: 'gateway', works: true },
    { name: 'the host as victim', engine: 'podman', victim: 'host', works: true },
    { name: 'without NET_RAW', engine: 'podman', A: ['--cap-drop', 'NET_RAW'], works: false },
    { name: 'without any capability, NET_RAW added', engine: 'podman', A: [...DROP_ALL, '--cap-add', 'NET_RAW'], works: true },
    { name: 'both ports isolated', engine: 'podman', before: isolate('A', 'V'), works: false },
    { name: 'in another’s net namespace', engine: 'podman', donor: DROP_ALL, works: true },
    { name: 'ARP dropped', engine: 'podman', before: nft('bridge', FORWARD, 'ether type arp drop'), works: true },
    { name: 'only IP let through', engine: 'podman', before: nft('bridge', 'forward priority 0; policy drop', 'ether type ip accept'), works: false },
  ]),
];
