import { ARP, BOTH, family, FORWARD, MAC, nft } from './drafts.js';
import type { Before, Scenario } from './scenario.js';

/** Turns VLAN filtering on and puts roles into VLANs: untagged in the one, and tagged in those after it. */
const vlans = (of: Readonly<Record<string, readonly number[]>>): readonly Before[] => [
  ['host', 'ip link set {bridge} type bridge vlan_filtering 1'],
  ...Object.entries(of).map(([role, [own = 0, ...tagged]]): Before => [
    'host',
    [`bridge vlan del dev {${role}.port} vid 1`, ...(own === 0 ? [] : [`bridge vlan add dev {${role}.port} vid ${own} pvid untagged`]), ...tagged.map((t) => `bridge vlan add dev {${role}.port} vid ${t}`)].join(' && '),
  ]),
];
const ipvlan = (mode: string): readonly string[] => ['-d', 'ipvlan', '-o', 'parent=m{n}', '-o', `ipvlan_mode=${mode}`];
const tc = (port: string, hook: string, ...filters: readonly string[]): readonly Before[] => [['host', [`tc qdisc add dev ${port} clsact`, ...filters.map((f) => `tc filter add dev ${port} ${hook} ${f}`)].join(' && ')]];

/** Scenarios that take VLAN filtering, ipvlan, AppArmor or all of tc: Linux 6.12 of Debian 13, Engine 26 with its random MACs. */
export const IN_MACHINE: readonly Scenario[] = [
  ...family('Engine 26', [
    { name: 'user-defined bridge', try: BOTH, works: true },
    { name: 'a rule by the bridge’s name', before: nft('bridge', FORWARD, 'meta ibrname "{bridge}" ether type { arp, 8021q, 8021ad } drop'), works: false },
    { name: 'without NET_RAW', A: ['--cap-drop', 'NET_RAW'], works: false },
  ]),
  ...family('VLAN filtering', [
    { name: 'all in one VLAN', before: vlans({ A: [10], V: [10], X: [10] }), works: true },
    { name: 'the attacker in another', before: vlans({ A: [20], V: [10], X: [10] }), try: BOTH, works: false },
    { name: 'as it comes, all in VLAN 1', before: vlans({}), works: true },
    { name: 'the victim’s VLAN at the attacker’s port, tagged', before: vlans({ A: [20, 10], V: [10], X: [10] }), tags: [10], about: 'A forged frame hides in its tag', works: true },
    { name: 'the attacker’s VLAN at the victim’s port, tagged', before: vlans({ A: [20], V: [10, 20], X: [10] }), tags: [10], about: 'It arrives in a tag, which the victim does not take off', works: false },
    { name: 'no VLAN for what comes untagged', before: vlans({ A: [0], V: [10], X: [10] }), tags: [10], works: false },
    { name: 'no VLAN for what comes untagged, the victim’s tagged', before: vlans({ A: [0, 10], V: [10], X: [10] }), tags: [10], works: true },
  ]),
  ...family('ipvlan', [
    { name: 'l2', network: ipvlan('l2'), works: true },
    { name: 'l3', network: ipvlan('l3'), works: false },
    { name: 'l2, MAC', network: ipvlan('l2'), try: MAC, works: false },
  ]),
  ...family('AppArmor', [
    { name: 'packet and raw sockets denied', A: ['--security-opt', 'apparmor=lab-no-raw'], works: false, unless: 'the profile lab-no-raw' },
    { name: 'raw sockets denied, packet sockets forgotten', A: ['--security-opt', 'apparmor=lab-no-inet-raw'], works: true },
    { name: 'unconfined', A: ['--security-opt', 'apparmor=unconfined'], try: ARP, works: true },
  ]),
  ...family('tc', [
    { name: 'ARP dropped at the attacker’s port', before: tc('{A.port}', 'ingress', 'protocol arp matchall action drop'), about: 'Two tags hide it', works: true },
    { name: 'everything but IP dropped at the attacker’s port', before: tc('{A.port}', 'ingress', 'protocol ip pref 1 matchall action pass', 'protocol ipv6 pref 2 matchall action pass', 'protocol all pref 9 matchall action drop'), works: false },
    { name: 'address pinned, flower', before: tc('{A.port}', 'ingress', 'protocol arp pref 1 flower arp_sip {A.ip} action pass', 'protocol ip pref 2 matchall action pass', 'protocol ipv6 pref 3 matchall action pass', 'protocol all pref 9 matchall action drop'), works: false },
    { name: 'replies dropped, flower', before: tc('{A.port}', 'ingress', 'protocol arp pref 1 flower arp_op reply action drop'), works: true },
    { name: 'dropped on the way to the victim', before: tc('{V.port}', 'egress', 'protocol all pref 1 matchall action drop'), works: false },
    { name: 'dropped on the way to the attacker', before: tc('{A.port}', 'egress', 'protocol all pref 1 matchall action drop'), works: true },
  ]),
];
