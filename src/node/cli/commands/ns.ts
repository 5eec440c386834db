import { Option, type Command } from 'commander';
import { NS_KINDS, isKnown, type NamespaceNode, type Snapshot } from '../../../core/model/index.js';
import { clip, columns } from '../columns.js';
import type { Context } from '../context.js';
import { take, type SourceOptions } from '../source.js';

interface NsOptions extends SourceOptions {
  readonly format: 'text' | 'json';
  readonly all?: true;
}

function jsonOf(s: Snapshot): string {
  const namespaces = s.namespaces.map((n) => ({
    type: n.type, inode: n.inode, owner: n.owner, parent: n.parent, ownerUserNs: n.ownerUserNs, members: n.members, processCount: n.processCount, heldBy: n.heldBy,
  }));
  return `${JSON.stringify({ namespaces }, null, 2)}\n`;
}

function ownerText(n: NamespaceNode, name: (id: string) => string): string {
  return n.owner.startsWith('container:') ? `${name(n.owner.slice('container:'.length))}’s` : n.owner === 'host' ? 'the host’s' : n.owner;
}

/** Shared ones and the host's, with their members; the many that hold one container each are counted. */
function textOf(s: Snapshot, width: number, all: boolean): string {
  const names = new Map(s.containers.map((c) => [c.id, c.name]));
  const name = (id: string): string => clip(names.get(id) ?? id.slice(0, 12), 24);
  const rows: string[][] = [];
  const alone: string[] = [];
  for (const kind of NS_KINDS) {
    const nodes = s.namespaces.filter((n) => n.type === kind);
    let single = 0;
    for (const n of nodes) {
      const groups = n.members.filter((m) => m.kind !== 'host');
      const shared = n.owner === 'host' ? groups.length > 0 : groups.length > 1 || groups.length === 0;
      if (!all && !shared) {
        if (n.owner !== 'host') single += 1;
        continue;
      }
      const members = groups.length === 0 ? 'the host alone' : groups.map((m) => (m.kind === 'process' ? `${clip(m.name, 24)} (pid ${m.pid})` : clip(m.name, 24))).join(', ');
      // An engine keeps every net namespace by a mount; that is only news where nobody is left in it.
      const held = n.heldBy.length === 0 || (groups.length > 0 && !all) ? '' : `; held by ${n.heldBy.slice(0, 2).map((p) => clip(p, 80)).join(', ')}${n.heldBy.length > 2 ? ` and ${n.heldBy.length - 2} more` : ''}`;
      rows.push([kind, String(n.inode), ownerText(n, name), `${members}${held}`]);
    }
    if (single > 0) alone.push(`${kind} ${single}`);
  }
  const tail = [
    ...(s.namespaces.length === 0 ? [s.host.proof.kind === 'proved' ? 'No namespace could be read: bulkhead doctor.' : `The kernel could not be read (${clip(s.host.proof.why, 200)}), and only it knows namespaces.`] : []),
    ...(alone.length > 0 ? [`With one group each: ${alone.join(', ')}. All of them: --all`] : []),
  ];
  const unread = s.containers.filter((c) => c.pid !== null && !isKnown(c.namespaces.net.inode)).length;
  if (s.namespaces.length > 0 && unread > 0) tail.push(`Those of ${unread} containers could not be read: bulkhead doctor.`);
  return `${columns(rows, width)}${rows.length > 0 && tail.length > 0 ? '\n' : ''}${tail.join('\n')}${tail.length > 0 ? '\n' : ''}`;
}

export function nsCommand(context: Context, program: Command): void {
  const command = program
    .command('ns')
    .summary('namespaces: who is in which, whose they are')
    .description('Namespaces: which are shared, by whom, and whose they are.')
    .argument('[snapshot]', 'a saved snapshot in place of a live host')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .option('--all', 'also those that hold one group alone');
  context.engine(command).action(async (file: string | undefined, options: NsOptions) => {
    const s = await take(context.io, options, file);
    await context.io.out(options.format === 'json' ? jsonOf(s) : textOf(s, context.io.width, options.all === true));
  });
}
