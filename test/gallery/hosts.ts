import { known, unknown, type Reading, type Segment, type Snapshot } from '../../src/core/model/index.js';
import { aSegment, castSpec, world } from '../cast/cast.js';
import type { HostSpec } from '../cast/cast.js';

const KERNEL = /^(\/proc|\/sys|ip -|ip -j|bridge|nft|ebtables|arptables|tc|ioctl)/;

function foreign(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(foreign);
  if (value === null || typeof value !== 'object') return value;
  if ('source' in value && 'value' in value && KERNEL.test(String(value.source))) return unknown('unsupported', String(value.source));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, foreign(v)]));
}

/** The same host seen from outside: what the engine says is known, what only its kernel tells is not. */
export function kernelUnknown(s: Snapshot): Snapshot {
  const seen = foreign(s) as Snapshot;
  const owner = (mode: string, id: (name: string) => string): Reading<string> => {
    const source = 'engine: HostConfig';
    if (mode === 'host') return known('host', source);
    return mode.startsWith('container:') ? known(`container:${id(mode.slice(10))}`, source) : known('own', source);
  };
  const idOf = (name: string) => s.containers.find((c) => c.name === name)?.id ?? name;
  return {
    ...seen,
    host: { ...seen.host, proof: { kind: 'foreign', why: 'no process of this machine is in a cgroup that carries the id of a container' }, readAs: 'nobody' },
    containers: seen.containers.map((c) => ({
      ...c,
      processes: [],
      process: null,
      intruders: [],
      net: c.declared.networkMode === 'host' ? 'host' : c.declared.networkMode.startsWith('container:') ? `of:${idOf(c.declared.networkMode.slice(10))}` : `of:${c.id}`,
      namespaces: {
        ...c.namespaces,
        net: { ...c.namespaces.net, owner: owner(c.declared.networkMode, idOf) },
        pid: { ...c.namespaces.pid, owner: owner(c.declared.pidMode, idOf) },
        ipc: { ...c.namespaces.ipc, owner: owner(c.declared.ipcMode, idOf) },
        uts: { ...c.namespaces.uts, owner: owner(c.declared.utsMode, idOf) },
      },
    })),
    groups: [],
    namespaces: [],
    cgroups: [],
    interfaces: [],
    nets: [],
    connections: unknown('unsupported', '/proc/<pid>/net/tcp'),
  };
}

/** Names that a container may carry and a picture must survive. */
export function strangeNames(): Snapshot {
  const spec = castSpec(3);
  const names = ['<b>"bold"</b> & ]]> </script>', '\u202eevil\u202c right to left', `${'very-long-'.repeat(40)}end`];
  const s = world(spec);
  const host = { ...s.host, hostname: known('日本-host 😀', '/proc/sys/kernel/hostname') };
  return {
    ...s,
    host,
    containers: s.containers.map((c, i) => ({ ...c, name: names[i]!, image: i === 1 ? `registry.example.org/${'deep/'.repeat(30)}image@sha256:${'0'.repeat(64)}` : '数据库:最新 ✓→é' })),
    segments: s.segments.map((x, i) => (i === 1 ? { ...x, name: `network\n${'x'.repeat(80)}` } : x)),
  };
}

/** Every kind of wire: bridge, internal, macvlan, ipvlan, overlay, one without a port, the host's net, a shared net and one without a plug. */
export function wires(): Snapshot {
  const spec: HostSpec = {
    ...castSpec(3),
    networks: [
      { name: 'bridge', prefix: '172.17.0', bits: 16, device: 'docker0' },
      { name: 'inner', prefix: '172.21.0', device: 'br-in', internal: true },
      { name: 'lan', prefix: '192.168.1', device: 'eth0', driver: 'macvlan' },
      { name: 'vlan20', prefix: '10.20.0', device: 'eth0.20', driver: 'ipvlan' },
      { name: 'swarm', prefix: '10.0.1', device: 'br-ov', driver: 'overlay' },
      { name: 'unused', prefix: '172.30.0', device: 'br-un' },
    ],
    workloads: [
      { name: 'sniffer', on: { bridge: { at: 2 }, inner: { at: 2 }, lan: { at: 40 } }, uses: 30 },
      { name: 'plain', on: { bridge: { at: 3 } }, caps: [], capDrop: ['ALL'], uses: 20, memory: 64 },
      { name: 'printer', on: { lan: { at: 41 } }, uses: 12, memory: 64 },
      { name: 'probe', on: { vlan20: { at: 7 } }, uses: 12, memory: 64 },
      { name: 'task.1', on: { swarm: { at: 5 }, inner: { at: 5, isolated: true } }, caps: [], uses: 12, memory: 64 },
      { name: 'side', join: { net: 'plain' }, uses: 9 },
      { name: 'agent', join: { net: 'host' }, uses: 40 },
      { name: 'offline', uses: 10 },
      { name: 'stopped', state: 'exited', on: { bridge: { at: 9 } } },
    ],
    talks: [],
  };
  const s = world(spec);
  const mode = (x: Segment) => (x.driver === 'macvlan' ? 'bridge' : x.driver === 'ipvlan' ? 'l2' : '');
  return { ...s, segments: [...s.segments.map((x) => ({ ...x, mode: mode(x) })), aSegment({ name: 'host', driver: 'host', subnets: [], gateways: [], device: unknown('absent', 'engine: Options') })] };
}


/** Many different workloads on one bridge, in the host's net and in one shared net: what stacks cannot fold. */
export function crowd(): Snapshot {
  const fruit = ['apple', 'banana', 'cherry', 'date', 'elder', 'fig', 'grape', 'hazel', 'iris', 'juniper', 'kiwi', 'lemon', 'mango', 'nutmeg', 'olive', 'papaya', 'quince', 'raisin', 'sage', 'thyme', 'ugli', 'vanilla', 'walnut', 'yam', 'zest', 'anise'];
  const spec: HostSpec = {
    ...castSpec(3),
    networks: [
      { name: 'bridge', prefix: '172.17.0', bits: 16, device: 'docker0' },
      { name: 'back', prefix: '172.21.0', device: 'br-back' },
      { name: 'far', prefix: '172.22.0', device: 'br-far' },
    ],
    workloads: [
      ...fruit.map((name, i) => ({ name, on: { bridge: { at: 2 + i }, ...(i % 9 === 4 ? { far: { at: 2 + i } } : {}), ...(i % 7 === 3 ? { back: { at: 2 + i } } : {}) }, ...(i % 3 === 0 ? {} : { caps: [], capDrop: ['ALL'] }) })),
      ...fruit.slice(0, 9).map((name, i) => ({ name: `side-${name}`, join: { net: 'zest' }, ...(i === 2 ? {} : { caps: [], capDrop: ['ALL'] }) })),
      ...fruit.slice(0, 12).map((name) => ({ name: `host-${name}`, join: { net: 'host' }, caps: [], capDrop: ['ALL'] })),
    ],
    talks: [],
  };
  return world(spec);
}
