import { known, unknown, valueOf } from '../model/reading.js';
import type { NetInterface, Segment } from '../model/network.js';

/** One network of the engine, as `GET /networks` tells it. */
export interface NetworkWord {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly project: string | null;
}

/** Kinds of interfaces that share the wire of the device under them. */
const STACKED = new Set(['macvlan', 'macvtap', 'ipvlan']);

/** Drivers of networks that are no wire: all of the host's, or nothing. */
const NO_WIRE = new Set(['host', 'null', 'none']);

function deviceOf(n: NetworkWord): Segment['device'] {
  const from = (name: string | undefined, source: string): Segment['device'] | null => (name === undefined || name === '' ? null : known(name, source));
  if (n.driver === 'bridge') {
    return (
      from(n.options['com.docker.network.bridge.name'], 'engine: Options["com.docker.network.bridge.name"]') ??
      from(n.options['network_interface'], 'engine: Options.network_interface') ??
      // Documented by the engine: a bridge without a name of its own is called by the network's id.
      known(`br-${n.id.slice(0, 12)}`, 'engine: Id')
    );
  }
  if (n.driver === 'macvlan' || n.driver === 'ipvlan') {
    return from(n.options['parent'], 'engine: Options.parent') ?? known(`dm-${n.id.slice(0, 12)}`, 'engine: Id');
  }
  return unknown('unsupported', `engine: Driver ${n.driver}`);
}

function modeOf(n: NetworkWord): string {
  if (n.driver === 'macvlan') return n.options['macvlan_mode'] ?? n.options['mode'] ?? 'bridge';
  if (n.driver === 'ipvlan') return n.options['ipvlan_mode'] ?? n.options['mode'] ?? 'l2';
  return '';
}

function segmentOf(n: NetworkWord): Segment {
  const icc = n.options['com.docker.network.bridge.enable_icc'];
  const iccSource = 'engine: Options["com.docker.network.bridge.enable_icc"]';
  return {
    id: `network:${n.id}`,
    name: n.name,
    driver: n.driver,
    scope: n.scope,
    internal: n.internal,
    device: deviceOf(n),
    mode: modeOf(n),
    subnets: n.subnets,
    gateways: n.gateways,
    icc: n.driver === 'bridge' ? known(icc === undefined || icc === 'true' || icc === '1', iccSource) : unknown('absent', iccSource),
    project: n.project,
  };
}

const bare = (address: string): string => address.split('/')[0] ?? '';

/** Where no bridge has the name that the engine's documentation gives it (Podman names its own), the one that carries the gateway's address. */
function deviceFound(s: Segment, bridges: ReadonlyMap<string, NetInterface>): Segment {
  const device = valueOf(s.device);
  if (s.driver !== 'bridge' || bridges.size === 0 || (device !== undefined && bridges.has(device))) return s;
  const found = [...bridges.values()].filter((b) => (valueOf(b.addresses) ?? []).some((a) => s.gateways.includes(bare(a)) || s.subnets.some((n) => within(a, n))));
  const only = found.length === 1 ? found[0] : undefined;
  return only === undefined ? s : { ...s, device: known(only.name, only.addresses.source) };
}

/**
 * The layer-2 segments: the engine's networks that are a wire, then the host's bridges that no network
 * names (`bridge:<name>`), then the host's own interfaces that something is stacked on or that are
 * ports of no bridge but carry an address (`lan:<interface>`).
 */
export function segmentsOf(networks: readonly NetworkWord[], interfaces: readonly NetInterface[]): readonly Segment[] {
  const host = interfaces.filter((i) => i.net === 'host');
  const bridges = new Map(host.filter((i) => i.kind === 'bridge').map((i) => [i.name, i]));
  const out = networks.filter((n) => !NO_WIRE.has(n.driver)).map((n) => {
    const s = deviceFound(segmentOf(n), bridges);
    if (s.gateways.length > 0 || s.internal || s.driver !== 'bridge') return s;
    // The engine names a gateway only where one was asked for; the bridge's own address is it.
    return { ...s, gateways: (valueOf(bridges.get(valueOf(s.device) ?? '')?.addresses ?? unknown('absent', '')) ?? []).filter((a) => !a.startsWith('fe80:')).map(bare) };
  });
  const named = new Set(out.map((s) => valueOf(s.device)));
  const own = (id: string, i: NetInterface, driver: string): Segment => ({
    id,
    name: i.name,
    driver,
    scope: 'local',
    internal: false,
    device: known(i.name, i.index.source),
    mode: '',
    subnets: (valueOf(i.addresses) ?? []).filter((a) => !a.startsWith('fe80:')).map(networkOf),
    gateways: (valueOf(i.addresses) ?? []).filter((a) => !a.startsWith('fe80:')).map(bare),
    icc: unknown('absent', i.index.source),
    project: null,
  });
  for (const [name, i] of bridges) if (!named.has(name)) out.push(own(`bridge:${name}`, i, 'bridge'));
  const lowers = new Set(interfaces.filter((i) => STACKED.has(i.kind)).map((i) => valueOf(i.peer)));
  for (const i of host) {
    const carries = lowers.has(i.id);
    const wired = i.kind === 'physical' || i.kind === 'vlan' || (i.kind === 'veth' && valueOf(i.peer)?.startsWith('index:') !== false);
    if (!(wired || carries) || named.has(i.name) || valueOf(i.up) === false) continue;
    if (valueOf(i.master) !== '' && valueOf(i.master) !== undefined) continue;
    const addresses = (valueOf(i.addresses) ?? []).filter((a) => !a.startsWith('fe80:'));
    if (addresses.length > 0 || i.kind === 'physical' || carries) out.push(own(`lan:${i.name}`, i, 'lan'));
  }
  return out;
}

/** The network that an IPv4 address in CIDR form lies in; IPv6 is cut at whole 16-bit groups where its prefix allows, else left. */
export function networkOf(cidr: string): string {
  const slash = cidr.lastIndexOf('/');
  const prefix = Number(cidr.slice(slash + 1));
  const ip = cidr.slice(0, slash);
  if (!ip.includes(':')) {
    const n = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - prefix);
    const base = Math.floor(n / size) * size;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${prefix}`;
  }
  if (prefix % 16 !== 0) return cidr;
  const [head = '', tail = ''] = ip.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const words = ip.includes('::') ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right] : left;
  const kept = words.slice(0, prefix / 16);
  while (kept.length > 0 && kept.at(-1) === '0') kept.pop();
  return kept.length === 8 ? `${kept.join(':')}/${prefix}` : `${kept.join(':')}::/${prefix}`;
}

/** Whether an address (with or without a prefix) lies in a network in CIDR form; IPv4 only, IPv6 by whole groups. */
export function within(address: string, network: string): boolean {
  const slash = network.lastIndexOf('/');
  const ip = address.split('/')[0] ?? '';
  if (ip.includes(':') !== network.includes(':') || slash < 0) return false;
  return networkOf(`${ip}/${network.slice(slash + 1)}`) === networkOf(network);
}
