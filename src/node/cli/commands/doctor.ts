import { Option, type Command } from 'commander';
import { isKnown, valueOf, workloads, type Reading, type Snapshot } from '../../../core/model/index.js';
import { plural } from '../../../core/facts/units.js';
import { NoEngine } from '../../collect/engine/failure.js';
import { clip, columns } from '../columns.js';
import type { Context } from '../context.js';
import { take, type SourceOptions } from '../source.js';
import { safe, Stop } from '../trouble.js';

interface Line {
  readonly what: string;
  readonly text: string;
  readonly state: 'read' | 'proved' | 'denied' | 'unread' | 'in part' | 'none' | 'foreign';
  /** How to change that, where it can be. */
  readonly help: string;
}

const ROOT = 'needs root: sudo bulkhead …, or ‘Read as root’ in the window';
/** Of what snapshots did not always hold. */
const NOT_ASKED: Reading<never> = { unknown: 'not-asked', source: '' };
/** What helps where a file tells, which no right of today changes. */
const ROOT_THEN = 'it was taken without root: sudo bulkhead snapshot -o FILE, on its host';

/** How many of several readings are known, and the worst reason for the others. */
function state(readings: readonly Reading<unknown>[]): Pick<Line, 'state' | 'help'> & { readonly known: number } {
  const known = readings.filter(isKnown).length;
  const denied = readings.some((r) => !isKnown(r) && r.unknown === 'denied');
  const absent = readings.every((r) => isKnown(r) || r.unknown === 'absent');
  const all = known === readings.length;
  return { known, state: readings.length === 0 ? 'none' : all ? 'read' : known > 0 && !denied ? (absent ? 'read' : 'in part') : denied ? (known > 0 ? 'in part' : 'denied') : absent ? 'none' : 'unread', help: denied ? ROOT : '' };
}

/** What can be read on this host and what not, line by line. `saved`: the snapshot is of a file, from whatever host. */
export function doctorLines(s: Snapshot, saved: boolean): readonly Line[] {
  return linesOf(s, saved ? 'of the host it was taken on' : 'this machine’s').map((line) => (saved && line.help === ROOT ? { ...line, help: ROOT_THEN } : line));
}

function linesOf(s: Snapshot, whose: string): readonly Line[] {
  const { engine, proof } = s.host;
  const running = workloads(s).filter((w) => w.pid !== null);
  const own = running.filter((w) => w.kind === 'container').length;
  const whom = `${running.length} ${running.length === own ? 'containers' : 'workloads'}`;
  const of = (what: string, noun: string, pick: (w: (typeof running)[number]) => readonly Reading<unknown>[], would = ''): Line => {
    const each = running.map((w) => state(pick(w)));
    const whole = state(running.flatMap(pick));
    const known = each.filter((e) => e.state === 'read' || e.state === 'none').length;
    return { what, text: `${noun} of ${known} of ${whom}${whole.state !== 'read' && would !== '' ? `; without: ${would}` : ''}`, state: running.length === 0 ? 'none' : whole.state, help: whole.help };
  };
  const nets = (what: string, text: string, pick: (n: Snapshot['nets'][number]) => readonly Reading<unknown>[]): Line => ({ what, text, ...state(s.nets.flatMap(pick)) });
  const ports = s.interfaces.flatMap((i) => (i.port ? [i.port.isolated, i.port.learning, i.port.neighSuppress] : []));
  const searched = running.filter((w) => w.kind === 'container').map((w) => w.privilegedPrograms);
  const found = state(searched);
  const programs = { ...found, help: found.help === '' && found.state !== 'read' && found.state !== 'none' ? 'asked in the window alone: ‘Look for setuid programs once’' : found.help };
  const kernel: Line = proof.kind === 'proved'
    ? { what: 'Kernel', text: `${whose} (${clip(proof.by, 200)}), ${valueOf(s.host.kernel) ?? 'unknown version'}, cgroup ${valueOf(s.host.cgroupVersion) ?? 'unknown'}`, state: 'proved', help: '' }
    : { what: 'Kernel', text: clip(proof.why, 300), state: proof.kind === 'foreign' ? 'foreign' : 'unread', help: proof.kind === 'foreign' ? 'run `bulkhead snapshot -o FILE` on the engine’s own host and open FILE here: from afar an engine tells nothing of its kernel' : 'start a container, so that there is something to prove it by' };
  return [
    { what: 'Engine', text: `${safe(engine.name)} ${safe(engine.version)} at ${safe(engine.endpoint)}, API ${safe(engine.apiVersion)}, ${plural(s.containers.length, 'container')}${running.length === own ? '' : `; ${plural(running.length - own, 'group')} of other runtimes`}`, state: 'read', help: '' },
    kernel,
    ...(proof.kind === 'foreign' ? [] : [
      of('Processes', 'capabilities, seccomp, no_new_privs and user ids', (w) => w.processes.flatMap((p) => [p.capabilities.effective, p.seccomp, p.noNewPrivs, p.uid])),
      of('Namespaces', 'namespaces', (w) => [w.namespaces.net.inode, w.namespaces.pid.inode, w.namespaces.mnt.inode], 'who shares what, and who entered from outside'),
      of('Labels', 'security labels', (w) => w.processes.map((p) => p.lsm)),
      of('Limits', 'limits and use', (w) => [w.cgroup.memory.limit, w.cgroup.memory.usage, w.cgroup.pids.limit]),
      of('Mounts', 'mounts', (w) => [w.mounts, w.rootReadOnly]),
      of('Devices', 'device nodes', (w) => [w.devices]),
      { what: 'Programs', text: `setuid and capability programs of ${searched.filter(isKnown).length} of ${plural(searched.length, 'container')}; without: what a process could become`, ...programs },
      nets('Filters', 'nft, ebtables, arptables and tc rules; without: a verdict can say ‘possible, unless a filter stops it’', (n) => [n.nft, n.ebtables, n.arptables, n.tc]),
      { what: 'Ports', text: `isolated, learning, neigh_suppress of ${ports.length / 3} bridge ports`, ...state(ports) },
      nets('Tables', `${s.nets.length} neighbour tables`, (n) => [n.neighbours]),
      nets('IPv6', 'IPv6 neighbour tables', (n) => [n.neighbours6]),
      nets('Forwarding', 'forwarding entries; without: who took whose MAC is not seen', (n) => [n.fdb]),
      nets('Sockets', 'open packet and raw sockets; without: who still sends through one that was opened with rights is not seen', (n) => [n.sockets ?? NOT_ASKED]),
    ] satisfies Line[]),
  ];
}

export function doctorCommand(context: Context, program: Command): void {
  const { io } = context;
  const command = program
    .command('doctor')
    .summary('what can be read here and what not')
    .description('What can be read here and what not, and how to change that.')
    .argument('[snapshot]', 'a saved snapshot in place of a live host')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'));
  context.engine(command).action(async (file: string | undefined, options: SourceOptions & { format: 'text' | 'json' }) => {
    let s: Snapshot;
    try {
      s = await take(io, options, file);
    } catch (error) {
      // That no engine answers is what a doctor is asked about: the places where it looked belong to the answer.
      if (error instanceof NoEngine && error.tried.length > 1) {
        const rows = error.tried.map((t) => ['', safe(t.endpoint), safe(t.text), t.failure]);
        if (options.format === 'text') await io.out(columns([['Engine', 'none of these answers', '', ''], ...rows], io.width));
      }
      throw error instanceof Stop || error instanceof NoEngine ? error : (error as Error);
    }
    const lines = doctorLines(s, file !== undefined);
    if (options.format === 'json') {
      await io.out(`${JSON.stringify({ readAs: s.host.readAs, checks: lines, notes: s.notes }, null, 2)}\n`);
      return;
    }
    const style = { read: 'green', proved: 'green', none: 'dim', denied: 'yellow', unread: 'yellow', 'in part': 'yellow', foreign: 'yellow' } as const;
    const rows = lines.map((l) => [l.what, io.paint(style[l.state], l.state), l.help === '' ? l.text : `${l.text} (${l.help})`]);
    const notes = s.notes.map((n) => `${clip(n.about, 40)}: ${clip(n.text, 300)}`);
    await io.out(`${columns(rows, io.width)}${notes.length > 0 ? `\nNoted while reading:\n${notes.map((n) => `  ${n}\n`).join('')}` : ''}`);
  });
}
