import { fileURLToPath } from 'node:url';
import { BOTH, DROP_ALL, family, FORWARD, isolate, nft, MAC, NDP, TABLE, V6 } from './drafts.js';
import type { Before, Scenario } from './scenario.js';

const profile = (name: string): readonly string[] => ['--security-opt', `seccomp={profile:${name}}`];
const OPEN = ['--security-opt', 'seccomp=unconfined'];
const NONE = ['--network', 'none'];
const VETHS = 'ip link add j{n}a type veth peer name j{n}b && ip link set j{n}a master {bridge} up && ip link set j{n}b master {bridge2} up';
const TAPS = fileURLToPath(new URL('./taps.pl', import.meta.url));
/** Stacks a device on one of the host's and gives it to the attacker, which is on no network. */
const given = (on: string, kind: string): readonly Before[] => [
  ['host', `ip link add link ${on} name v{n} type ${kind} && ip link set v{n} netns {A.pid}`],
  ['A', 'ip link set v{n} name eth0 && ip addr add 172.31.255.9/32 dev eth0 && ip link set eth0 up'],
];
const MACVLAN = ['-d', 'macvlan', '-o', 'parent=m{n}'];

/** A fourth search for wrong verdicts, played by hand: who can send, and whether there is a wire. Those that found one, and their neighbours, are recorded. */
export const FOURTH: readonly Scenario[] = [
  ...family('capabilities', [
    { name: 'all by exec, as another user', A: DROP_ALL, docker: ['exec -d --privileged -u 1000 {A} sleep 1000'], exec: ['--privileged', '-u', '1000'], works: false },
    { name: 'NET_ADMIN alone, IPv6', network: V6, A: [...DROP_ALL, '--cap-add', 'NET_ADMIN'], try: NDP, works: true },
    { name: 'NET_RAW alone, its own interface without IPv6', network: V6, A: [...DROP_ALL, '--cap-add', 'NET_RAW'], before: [['A', 'sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1']], try: NDP, works: true },
    { name: 'SETUID and SETPCAP, the rest not in the bounding set', A: [...DROP_ALL, '--cap-add', 'SETUID', '--cap-add', 'SETPCAP', '--cap-add', 'SYS_PTRACE'], works: false },
  ]),
  ...family('seccomp', [
    { name: 'everything logged', A: profile('logged'), works: true },
    { name: 'raw sockets of every kind refused, packet sockets for datagrams forgotten', A: profile('datagrams'), works: true },
    { name: 'raw sockets of every kind refused, packet sockets for datagrams forgotten, MAC', A: profile('datagrams'), try: MAC, works: false },
    { name: 'everything logged, packet sockets refused', A: profile('no-packet-logged'), works: false },
    { name: 'raw sockets logged, packet sockets refused after', A: profile('raw-logged-first'), about: 'The order of libseccomp is its own', works: true },
    { name: 'packet sockets refused, raw sockets logged after', A: profile('raw-logged-last'), works: true },
    { name: 'a protocol logged, packet sockets refused', A: profile('protocol-logged-first'), works: true },
    { name: 'the family logged, types refused', A: profile('family-logged-type-refused'), works: true },
    { name: 'packet sockets refused, one kind of them logged', A: profile('pair-admitted'), unless: 'contradict each other', works: false },
    { name: 'packet sockets refused, NET_ADMIN', A: [...DROP_ALL, '--cap-add', 'NET_ADMIN', ...profile('no-packet-masked')], works: true },
    { name: 'raw IPv6 sockets alone, its own interface without IPv6', network: V6, A: profile('no-packet-masked'), before: [['A', 'sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1']], try: NDP, works: false },
    { name: 'raw IPv6 sockets alone, its own address taken away', network: V6, A: profile('no-packet-masked'), before: [['A', 'ip -6 addr flush dev eth0 scope global']], try: NDP, works: true },
  ]),
  ...family('user namespaces', [
    { name: 'remapped, every capability in a user namespace of its own', engine: 'remap', A: [...DROP_ALL, ...OPEN], docker: ['exec -d {A} unshare -Ur sleep 1000'], wrap: ['unshare', '-Ur'], works: false },
    { name: 'a net namespace of its own inside', A: ['--user', '1000', ...OPEN, '--security-opt', 'no-new-privileges'], docker: ['exec -d {A} unshare -Urn sleep 1000'], works: false },
    { name: 'remapped, root of the host on the same network', engine: 'remap', A: ['--userns', 'host', ...DROP_ALL], works: false },
  ]),
  ...family('networks', [
    { name: 'a macvlan of the bridge, given by hand', A: NONE, before: given('{bridge}', 'macvlan mode bridge'), reads: true, works: true },
    { name: 'a macvlan of the bridge, given by hand, all ports isolated', A: NONE, before: [...isolate('V', 'X'), ...given('{bridge}', 'macvlan mode bridge')], reads: true, works: true },
    { name: 'a macvlan of the bridge, given by hand, forwarding dropped', A: NONE, before: [...nft('bridge', FORWARD, 'drop'), ...given('{bridge}', 'macvlan mode bridge')], about: 'What the bridge itself sends is forwarded by nobody', works: true },
    { name: 'a macvlan of the bridge, given by hand, output dropped', A: NONE, before: [...nft('bridge', 'output priority 0; policy accept', 'ether type { arp, 8021q, 8021ad } drop'), ...given('{bridge}', 'macvlan mode bridge')], works: false },
    { name: 'a macvlan of the bridge, given by hand, the host as victim', A: NONE, before: given('{bridge}', 'macvlan mode bridge'), victim: 'host', works: false },
    { name: 'a macvtap of the bridge, given by hand', A: NONE, before: given('{bridge}', 'macvtap mode bridge'), works: true },
    { name: 'a macvlan behind a port of the bridge', A: NONE, before: [['host', 'ip link add j{n}a type veth peer name j{n}b && ip link set j{n}a master {bridge} up && ip link set j{n}b up'], ...given('j{n}b', 'macvlan mode bridge')], reads: true, works: true },
    { name: 'a macvlan behind a port of the bridge, both isolated', A: NONE, before: [['host', 'ip link add j{n}a type veth peer name j{n}b && ip link set j{n}a master {bridge} up && ip link set j{n}b up && bridge link set dev j{n}a isolated on'], ...isolate('V'), ...given('j{n}b', 'macvlan mode bridge')], works: false },
    { name: 'in the net namespace of one that was started anew', donor: [], docker: ['restart -t 0 s{n}-d'], about: 'It stays in the old one, which no wire leads to', works: false },
    { name: 'the victim paused', docker: ['pause {V}'], about: 'The kernel answers for it', works: true },
    { name: 'a macvlan of the bridge, given by hand, without rights', A: [...NONE, ...DROP_ALL], before: given('{bridge}', 'macvlan mode bridge'), works: false },
    { name: 'a macvlan of a macvlan network’s parent, given by hand', network: MACVLAN, A: NONE, before: given('m{n}', 'macvlan mode bridge'), works: true },
    { name: 'a private macvlan of a macvlan network’s parent, given by hand', network: MACVLAN, A: NONE, before: given('m{n}', 'macvlan mode private'), works: false },
    { name: 'a veth given by hand', A: NONE, before: [['host', 'ip link add v{n} type veth peer name eth0 netns {A.pid} && ip link set v{n} master {bridge} up'], ['A', 'ip addr add 172.31.255.9/32 dev eth0 && ip link set eth0 up']], works: true },
    { name: 'a veth given by hand, isolated', A: NONE, before: [['host', 'ip link add v{n} type veth peer name eth0 netns {A.pid} && ip link set v{n} master {bridge} up && bridge link set dev v{n} isolated on'], ['A', 'ip addr add 172.31.255.9/32 dev eth0 && ip link set eth0 up'], ...isolate('V')], works: false },
    { name: 'two bridges joined by a program between taps', second: 'apart', before: [['host', `perl ${TAPS} j{n}a v{n} >/dev/null 2>&1 & for i in 1 2 3 4 5 6 7 8 9; do ip link show v{n} >/dev/null 2>&1 && break; sleep 0.2; done; ip link set j{n}a master {bridge} up && ip link set v{n} master {bridge2} up`]], unread: true, works: true },
    { name: 'two bridges joined twice, one way filtered', second: 'apart', before: [['host', `nft add table bridge guard && nft 'add chain bridge guard c { type filter hook forward priority 0; policy accept; }' && nft 'add rule bridge guard c oifname "j{n}a" drop' && nft 'add rule bridge guard c iifname "j{n}a" drop'`], ['host', VETHS], ['host', 'ip link add v{n} type veth peer name v{n}b && ip link set v{n} master {bridge} up && ip link set v{n}b master {bridge2} up']], works: true },
    { name: 'a bridge in the attacker over its interface', A: ['--privileged'], before: [['A', 'ip link add b0 type bridge && ip link set b0 up && ip link set eth0 master b0']], works: true },
    { name: 'macvlans, the host beside them as victim', network: MACVLAN, before: [['host', 'ip link add link m{n} name v{n} type macvlan mode bridge && ip addr add $(echo {X.ip} | sed s/[0-9]*$/99/)/16 dev v{n}; ip link set v{n} up']], victim: 'host', works: true },
    { name: 'macvlans, the host beside them in private mode', network: MACVLAN, before: [['host', 'ip link add link m{n} name v{n} type macvlan mode private && ip addr add $(echo {X.ip} | sed s/[0-9]*$/99/)/16 dev v{n}; ip link set v{n} up']], victim: 'host', works: false },
    { name: 'a victim without an address of its own', before: [['V', 'ip addr add {V.ip}/32 dev lo && ip -4 addr flush dev eth0 && ip route add {X.ip}/32 dev eth0 src {V.ip}']], works: true },
    { name: 'a victim without an address of its own, arp_ignore', before: [['V', 'sysctl -qw net.ipv4.conf.all.arp_ignore=1; ip addr add {V.ip}/32 dev lo && ip -4 addr flush dev eth0 && ip route add {X.ip}/32 dev eth0 src {V.ip}']], works: true },
    { name: 'a victim without any address', before: [['V', 'ip -4 addr flush dev eth0']], works: false },
    { name: 'without a gateway', before: [['host', 'ip addr flush dev {bridge}']], works: true },
    { name: 'one MAC for the victim and the attacker', before: [['V', 'ip link set eth0 down && ip link set eth0 address {A.mac} && ip link set eth0 up']], works: true },
    { name: 'connected later', A: NONE, docker: ['network disconnect none {A}', 'network connect s{n} {A}'], before: [], works: true },
    { name: 'on none, its own veth pair', A: [...NONE, '--privileged'], before: [['A', 'ip link add eth0 type veth peer name e1 && ip link set eth0 up && ip link set e1 up']], works: false },
  ]),
  ...family('shared namespaces', [
    { name: 'a file of the host’s net namespace mounted', A: ['-v', '{lab.net}:/door', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'], victim: 'host', door: '/door', try: TABLE, works: true },
    { name: 'a file of the host’s net namespace mounted, no SYS_ADMIN', A: ['-v', '{lab.net}:/door', '--cap-add', 'NET_ADMIN'], victim: 'host', door: '/door', try: TABLE, works: false },
    { name: 'the folder of the engine’s net namespaces mounted', A: [...NONE, '-v', '{lab.dir}/exec/netns:/doors', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'], door: '/doors/*', try: TABLE, works: true },
    { name: 'host’s pids, SYS_ADMIN and NET_ADMIN alone', A: ['--pid', 'host', ...DROP_ALL, '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'], try: TABLE, works: false },
    { name: 'host’s pids, SYS_ADMIN and NET_ADMIN alone, victim without any', V: DROP_ALL, A: ['--pid', 'host', ...DROP_ALL, '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'], try: TABLE, works: true },
    { name: 'host’s pids, all rights, another user', A: ['--pid', 'host', '--privileged', '--user', '1000'], try: TABLE, works: false },
    { name: 'host’s pids, all rights by exec, no filter', A: ['--pid', 'host', ...OPEN], docker: ['exec -d --privileged {A} sleep 1000'], exec: ['--privileged'], try: TABLE, works: true },
    { name: 'host’s pids, SYS_ADMIN and NET_ADMIN alone, victim another user', V: ['--user', '1000'], A: ['--pid', 'host', ...DROP_ALL, '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'], try: TABLE, works: false },
  ]),
  ...family('Podman', [
    { name: 'an ordinary user', engine: 'podman', A: ['--user', '1000'], works: false },
    { name: 'an ordinary user with NET_RAW', engine: 'podman', A: ['--user', '1000', '--cap-add', 'NET_RAW'], works: true },
    { name: 'an ordinary user, privileged', engine: 'podman', A: ['--user', '1000', '--privileged'], works: false },
    { name: 'the same, MAC', engine: 'podman', A: ['--cap-drop', 'NET_RAW', '--cap-add', 'NET_ADMIN'], try: BOTH, works: true },
    { name: 'on the host’s network', engine: 'podman', A: ['--network', 'host'], works: true },
    { name: 'isolated, MAC', engine: 'podman', before: isolate('A', 'V'), try: MAC, works: false },
  ]),
];
