import { readFileSync, readlinkSync } from 'node:fs';
import { rootTar } from '../../lab/image.js';
import { run, until } from '../../lab/run.js';
import { PROFILES, WORLD, type Member, type Wire } from './world.js';

/** Where a member stands: an address on the wire and a process in its net namespace. */
export interface Place {
  readonly name: string;
  readonly member: Member;
  readonly pid: number;
  readonly ip: string;
  readonly ip6: string;
  readonly mac: string;
  readonly port: string;
}

export interface Stand {
  readonly wire: Wire;
  readonly bridge: string;
  readonly places: readonly Place[];
  /** The host on this wire, where it is a victim. */
  readonly host: Place | null;
}

const hex = (n: number): string => n.toString(16).padStart(2, '0');
/** Under emulation, on a machine that does more, a command may take minutes. */
const PATIENT = { timeout: 600_000 };
const sh = (script: string): Promise<string> => run(['sh', '-c', `set -e\n${script}`], PATIENT);

interface Drawn { readonly wire: Wire; readonly w: number; readonly names: readonly string[] }

const fill = (command: string, values: Readonly<Record<string, string>>): string => command.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
const macOf = (d: Drawn, i: number): string => `02:5a:00:${hex(d.w)}:00:${hex(i)}`;
const space = (d: Drawn, i: number): string => `s${d.w}-${i}`;

/** What ip(8) is told of one wire, in the host's net namespace. */
function links({ wire, w, names }: Drawn): readonly string[] {
  const d = { wire, w, names };
  const out = wire.kind === 'bridge' ? [`link add b${w} type bridge ${wire.options ?? ''}`, `link set b${w} up`] : [`link add b${w} type dummy`, `link set b${w} up`];
  if (wire.host === true) out.push(`addr add 10.60.${w}.254/24 dev b${w}`);
  for (const [i, name] of names.entries()) {
    out.push(`netns add ${space(d, i)}`);
    if (wire.kind === 'bridge') out.push(`link add p${w}-${i} type veth peer name eth0 address ${macOf(d, i)} netns ${space(d, i)}`, `link set p${w}-${i} master b${w}`, `link set p${w}-${i} up`);
    else out.push(`link add link b${w} name q${w}-${i} ${wire.kind === 'macvlan' ? `address ${macOf(d, i)} ` : ''}netns ${space(d, i)} type ${wire.kind} mode ${wire.members[name]?.mode ?? wire.options ?? ''}`);
  }
  return out;
}

const under = (profile: string | undefined): string => (profile === undefined ? '' : `aa-exec -p ${profile} -- `);

/** A process in each net namespace, in a cgroup that is no service’s; prints its pid, and holds the output open until it has.
 * It holds CAP_NET_RAW alone: who may enter other namespaces is judged by where it can go. */
const sitter = (name: string, profile: string | undefined): string => `mkdir -p /sys/fs/cgroup/${name}; setsid sh -c 'echo $$ > /sys/fs/cgroup/${name}/cgroup.procs; echo ${name} $$; exec >&- 2>&-; exec nsenter --net=/run/netns/${name} ${under(profile)}setpriv --bounding-set -all,+net_raw --inh-caps -all,+net_raw --no-new-privs sleep 100000' </dev/null &`;

async function spaces(drawn: readonly Drawn[]): Promise<readonly Stand[]> {
  for (const [name, deny] of Object.entries(PROFILES)) {
    await run(['apparmor_parser', '-r', '-K'], { ...PATIENT, input: `profile ${name} flags=(attach_disconnected,mediate_deleted) {\n  network,\n  capability,\n  file,\n  umount,\n  signal,\n  ${deny}\n}\n` });
  }
  const vrf = 'link add vrf-lab type vrf table 77\nlink set vrf-lab up';
  await run(['ip', '-batch', '-'], { ...PATIENT, input: `${[vrf, ...drawn.flatMap(links)].join('\n')}\n` });
  const script = drawn.flatMap((d) => d.names.map((name, i) => {
    // A name that the host has itself is refused in its batch, also for another namespace.
    const renamed = d.wire.kind === 'bridge' ? [] : [`link set q${d.w}-${i} name eth0`];
    const inside = [...renamed, `addr add 10.60.${d.w}.${i + 1}/24 dev eth0`, `addr add fd00:60:${d.w}::${i + 1}/64 dev eth0 nodad`, 'link set lo up', 'link set eth0 up', ...(d.wire.members[name]?.inside ?? [])];
    return `printf '${inside.join('\\n')}\\n' | ip -n ${space(d, i)} -batch -\n${sitter(space(d, i), d.wire.members[name]?.profile)}`;
  }));
  const pids = new Map((await sh(script.join('\n'))).split('\n').map((l) => l.split(' ') as [string, string]));
  const macs = new Map<string, string>();
  for (const d of drawn.filter((x) => x.wire.kind === 'ipvlan')) macs.set(d.wire.name, readFileSync(`/sys/class/net/b${d.w}/address`, 'utf8').trim());
  const stands = drawn.map((d): Stand => ({
    wire: d.wire, bridge: `b${d.w}`,
    places: d.names.map((name, i) => ({
      name, member: d.wire.members[name] ?? {}, pid: Number(pids.get(space(d, i))), ip: `10.60.${d.w}.${i + 1}`, ip6: `fd00:60:${d.w}::${i + 1}`, mac: macs.get(d.wire.name) ?? macOf(d, i), port: `p${d.w}-${i}`,
    })),
    host: d.wire.host === true ? { name: 'host', member: {}, pid: 1, ip: `10.60.${d.w}.254`, ip6: '', mac: '', port: `b${d.w}` } : null,
  }));
  const ports = stands.flatMap((s) => s.places.flatMap((p) => (p.member.port ?? []).map((c) => fill(c, { port: p.port, mac: p.mac, ip: p.ip }))));
  const tables = stands.flatMap((s) => {
    const x = s.places.find((p) => p.name === 'x') as Place;
    return s.places.filter((p) => p !== x).map((p) => `printf 'neigh replace ${x.ip} lladdr ${x.mac} dev eth0 nud stale\\nneigh replace ${x.ip6} lladdr ${x.mac} dev eth0 nud stale\\n' | nsenter --net=/proc/${p.pid}/ns/net ip -force -batch - || true`);
  });
  await sh([...ports, ...tables].join('\n'));
  return stands;
}

async function attackerImage(): Promise<void> {
  const perl = '/usr/lib/x86_64-linux-gnu/perl-base';
  const tar = await rootTar({ programs: ['/usr/bin/perl'], folders: [perl], files: { 'sender.pl': readFileSync(new URL('./sender.pl', import.meta.url), 'utf8') } });
  try {
    await run(['docker', 'import', tar.file, 'attacker:lab'], PATIENT);
  } finally {
    tar.remove();
  }
}

async function containers(wire: Wire): Promise<Stand> {
  const bridge = 'lab0';
  await attackerImage();
  await run(['docker', 'network', 'create', '-o', `com.docker.network.bridge.name=${bridge}`, '--subnet', '10.59.0.0/24', 'lab'], PATIENT);
  const names = Object.keys(wire.members);
  // Two at a time: the machine has two processors.
  const queue = [...names];
  const lane = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await run(['docker', 'run', '-d', '--name', `lab-${name}`, '--network', 'lab', 'attacker:lab', 'sleep', '100000'], PATIENT);
  };
  await Promise.all([lane(), lane()]);
  const said = JSON.parse(await run(['docker', 'inspect', ...names.map((n) => `lab-${n}`)], PATIENT)) as readonly { readonly Name: string; readonly State: { readonly Pid: number }; readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string; readonly MacAddress: string }>> } }[];
  const places = names.map((name): Place => {
    const one = said.find((c) => c.Name === `/lab-${name}`);
    const plug = one?.NetworkSettings.Networks['lab'];
    return { name, member: wire.members[name] ?? {}, pid: one?.State.Pid ?? 0, ip: plug?.IPAddress ?? '', ip6: '', mac: plug?.MacAddress ?? '', port: '' };
  });
  return { wire, bridge, places, host: wire.host === true ? { name: 'host', member: {}, pid: 1, ip: '10.59.0.1', ip6: '', mac: '', port: bridge } : null };
}

/** Sets every wire up, those of plain namespaces while the engine starts its containers. */
export async function setUp(names: readonly string[]): Promise<readonly Stand[]> {
  const wires = WORLD.filter((w) => names.length === 0 || names.includes(w.name));
  const drawn = wires.filter((w) => w.kind !== 'network').map((wire): Drawn => ({ wire, w: WORLD.indexOf(wire) + 1, names: Object.keys(wire.members) }));
  const theirs = wires.find((w) => w.kind === 'network');
  const [plain, engine] = await Promise.all([spaces(drawn), theirs === undefined ? null : containers(theirs)]);
  const stands = engine === null ? plain : [...plain, engine];
  const seated = await until(() => stands.every((s) => s.places.every((p) => readlinkSync(`/proc/${p.pid}/ns/net`) !== readlinkSync('/proc/self/ns/net'))), 60_000);
  if (!seated) throw new Error('a process did not come to its net namespace');
  return stands;
}
