import { z } from 'zod';
import { reading } from './reading.js';

/**
 * Names a net namespace within a snapshot: `host` (the engine's host's), `net:<inode>`, or
 * `of:<workload id>` where the inode could not be read (then the engine's word says who shares it).
 */
export type NetKey = string;

/** `state`: of the port in that VLAN alone (`bridge -d vlan`); absent where it was not told, and then that of the port counts. */
const vlanEntry = z.object({ vid: z.number(), pvid: z.boolean(), untagged: z.boolean(), state: z.string().optional() }).readonly();

/** Flags of a bridge port, `/sys/class/net/<bridge>/brif/<port>/*` and `bridge -j -d link`, `bridge -j vlan`. */
export const bridgePort = z
  .object({
    isolated: reading(z.boolean()),
    learning: reading(z.boolean()),
    unicastFlood: reading(z.boolean()),
    /** Absent in snapshots that did not ask. */
    mcastFlood: reading(z.boolean()).optional(),
    bcastFlood: reading(z.boolean()).optional(),
    neighSuppress: reading(z.boolean()),
    locked: reading(z.boolean()),
    hairpin: reading(z.boolean()),
    state: reading(z.string()),
    /** Of a port that listens or learns: whether its timer will make it forward by itself. */
    settles: reading(z.boolean()).optional(),
    vlans: reading(z.array(vlanEntry).readonly()),
  })
  .readonly();
export type BridgePort = z.infer<typeof bridgePort>;

/** One interface of one net namespace, from rtnetlink(7) (`ip -j -d link`, `ip -j addr`) or /sys/class/net. */
export const netInterface = z
  .object({
    id: z.string(),
    net: z.string(),
    name: z.string(),
    index: reading(z.number()),
    kind: z.enum(['veth', 'bridge', 'macvlan', 'macvtap', 'ipvlan', 'vlan', 'vxlan', 'dummy', 'loopback', 'physical', 'tun', 'other']),
    mac: reading(z.string()),
    addresses: reading(z.array(z.string()).readonly()),
    up: reading(z.boolean()),
    noarp: reading(z.boolean()),
    /** The other end of a veth, or the lower device of a macvlan, ipvlan or vlan: `<NetKey>/<name>`, an interface's id where known, else `index:<n>`. */
    peer: reading(z.string()),
    /** Name of the bridge or bond it is a port of; `''` for none. */
    master: reading(z.string()),
    /** macvlan: bridge, private, vepa, passthru, source; ipvlan: l2, l3, l3s; vlan: its id; other: what iproute2 calls it (vrf, bond). */
    mode: reading(z.string()),
    port: bridgePort.nullable(),
    bridge: z
      .object({
        vlanFiltering: reading(z.boolean()),
        nfCallIptables: reading(z.boolean()),
        /** Whether this bridge alone hands ARP and IPv6 to the tables of br_netfilter. Absent in snapshots that did not ask. */
        nfCallArptables: reading(z.boolean()).optional(),
        nfCallIp6tables: reading(z.boolean()).optional(),
        /** Milliseconds for which a MAC that was learned is kept; 0: none is. Absent in snapshots that did not ask. */
        ageing: reading(z.number()).optional(),
        /** Whether it learns the sender of a frame to a group that it keeps for itself (`no_linklocal_learn` off). Absent in snapshots that did not ask. */
        learnsLocal: reading(z.boolean()).optional(),
        /** Bits of the link-local groups that it does forward (`group_fwd_mask`). Absent in snapshots that did not ask. */
        groupForward: reading(z.number()).optional(),
        /** Of the bridge itself: in which VLANs its host is. Absent in snapshots that did not ask. */
        vlans: reading(z.array(vlanEntry).readonly()).optional(),
      })
      .readonly()
      .nullable(),
    /** Names of attached XDP programs. */
    xdp: reading(z.array(z.string()).readonly()),
  })
  .readonly();
export type NetInterface = z.infer<typeof netInterface>;

/** A layer-2 segment: an engine network, or a bridge or parent that the engine does not know. */
export const segment = z
  .object({
    /** `network:<engine id>`, `bridge:<name>`, `lan:<interface>`. */
    id: z.string(),
    name: z.string(),
    driver: z.string(),
    scope: z.string(),
    internal: z.boolean(),
    /** The host's bridge (or macvlan/ipvlan parent) by name. */
    device: reading(z.string()),
    /** macvlan or ipvlan mode; `''` for bridges. */
    mode: z.string(),
    subnets: z.array(z.string()).readonly(),
    gateways: z.array(z.string()).readonly(),
    /** `com.docker.network.bridge.enable_icc`. */
    icc: reading(z.boolean()),
    project: z.string().nullable(),
  })
  .readonly();
export type Segment = z.infer<typeof segment>;

/** Where a workload is plugged into a segment. `interface`: its name inside; `peer`: the host's end. Addresses in CIDR form. */
export const endpoint = z
  .object({
    segment: z.string(),
    network: z.string(),
    interface: reading(z.string()),
    peer: reading(z.string()),
    mac: reading(z.string()),
    ipv4: reading(z.string()),
    ipv6: reading(z.string()),
    gateway: reading(z.string()),
  })
  .readonly();
export type Endpoint = z.infer<typeof endpoint>;

/** One neighbour entry, `/proc/<pid>/net/arp` or `ip -j neigh`. `state`: NUD state in capitals, `UNKNOWN` from /proc where flags only say complete. */
export const neighbour = z
  .object({ ip: z.string(), mac: z.string(), dev: z.string(), state: z.string() })
  .readonly();
export type Neighbour = z.infer<typeof neighbour>;

export const route = z.object({ to: z.string(), via: z.string(), dev: z.string(), table: z.string().optional() }).readonly();
export type Route = z.infer<typeof route>;

/**
 * One entry of a bridge's forwarding table. `stays`: no frame moves it (`sticky`, or the host's own); absent: it may move, or
 * that was not told. `admits: false`: a locked port does not let its MAC in for it (the host's own, or one that waits to be let in).
 */
export const fdbEntry = z
  .object({ mac: z.string(), port: z.string(), bridge: z.string(), vlan: z.number().nullable(), permanent: z.boolean(), stays: z.boolean().optional(), admits: z.boolean().optional() })
  .readonly();
export type FdbEntry = z.infer<typeof fdbEntry>;

/** Any JSON: a ruleset as the tool prints it, read by core/reach. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;

/** One tc(8) filter with the device and hook it hangs on (`tc -j filter show dev X ingress`); a queue that loses frames (netem), or that may by filters or limits of its own (`queue`), is told among them; so is a program of tcx or netkit, as a `bpf` filter. */
export const tcFilter = z.object({ dev: z.string(), hook: z.enum(['ingress', 'egress']), filter: json }).readonly();
export type TcFilter = z.infer<typeof tcFilter>;

/**
 * An open socket by which frames (`packet`, `xdp`), what follows a header of the kernel's (`datagram`) or IPv6 messages of any content (`raw6`) go out: rights were asked for when
 * it was opened, not when something is sent. `inode` and `protocol` from `/proc/<pid>/net/{packet,raw6}`; an XDP socket is
 * counted alone (`/proc/<pid>/net/protocols`), without an inode. `holders`: of which workload (or `host`) a process has it open,
 * one pid of each, from `/proc/<pid>/fd`; empty where nobody was found (it may be on its way from one to another).
 */
export const openSocket = z
  .object({
    kind: z.enum(['packet', 'datagram', 'raw6', 'xdp']),
    inode: z.number().nullable(),
    protocol: z.number(),
    holders: reading(z.array(z.object({ id: z.string(), pid: z.number() }).readonly()).readonly()),
  })
  .readonly();
export type OpenSocket = z.infer<typeof openSocket>;

/**
 * What is read of one net namespace as a whole. `key` names it; `of` are the workloads in it (`host` for the host).
 * `sysctls` by full name (`net.ipv4.conf.eth0.arp_accept`), values as text.
 * `nft`: the objects of `nft -j list ruleset`, families bridge, netdev, arp, inet, ip, ip6; ip6tables-legacy in the same form, in tables `legacy-…`.
 * `ebtables`, `arptables`: lines of the legacy tools' `-save`, empty where they hold nothing.
 */
export const netNamespace = z
  .object({
    key: z.string(),
    of: z.array(z.string()).readonly(),
    inode: reading(z.number()),
    ownerUserNs: reading(z.number()),
    neighbours: reading(z.array(neighbour).readonly()),
    neighbours6: reading(z.array(neighbour).readonly()),
    routes: reading(z.array(route).readonly()),
    sysctls: reading(z.record(z.string(), z.string()).readonly()),
    nft: reading(z.array(json).readonly()),
    ebtables: reading(z.array(z.string()).readonly()),
    arptables: reading(z.array(z.string()).readonly()),
    tc: reading(z.array(tcFilter).readonly()),
    fdb: reading(z.array(fdbEntry).readonly()),
    /** Absent in snapshots that did not ask. */
    sockets: reading(z.array(openSocket).readonly()).optional(),
  })
  .readonly();
export type NetNamespace = z.infer<typeof netNamespace>;

/** An open connection between two addresses, read on request only (`/proc/<pid>/net/tcp`). `from` opened it. */
export const connection = z
  .object({
    protocol: z.enum(['tcp', 'udp']),
    from: z.string(),
    fromIp: z.string(),
    to: z.string(),
    toIp: z.string(),
    port: z.number(),
    count: z.number(),
  })
  .readonly();
export type Connection = z.infer<typeof connection>;
