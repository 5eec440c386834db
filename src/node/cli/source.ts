import { START, watch } from '../../core/alarm/index.js';
import type { Snapshot } from '../../core/model/index.js';
import { judge } from '../../core/reach/index.js';
import { check, type Facts } from '../../core/rules/index.js';
import type { Finding } from '../../core/model/finding.js';
import type { Io } from './io.js';
import { readSnapshot } from './files.js';
import { safe, stop } from './trouble.js';

/** Which host: an engine, or a saved snapshot. */
export interface SourceOptions {
  readonly host?: string;
  readonly context?: string;
}

/** Stops where a file and an engine were both named: one of the two would be passed over. */
function oneSource({ host, context }: SourceOptions, file: string | undefined): void {
  if (file === undefined || (host === undefined && context === undefined)) return;
  throw stop('which one', `${file} and ${host === undefined ? '--context' : '--host'} were both given`, 'Leave one of them out: a saved snapshot stands in place of an engine.');
}

/** The snapshot of a file where one is named, else of the engine that is found. Progress goes to standard error of a terminal. */
export async function take(io: Io, options: SourceOptions, file?: string): Promise<Snapshot> {
  oneSource(options, file);
  if (file !== undefined) return readSnapshot(file);
  // The engine's library takes long to load, so only a live look pays for it.
  const { look } = await import('../collect/look.js');
  let shown = false;
  const progress = (read: number, total: number): void => {
    if (!io.progress) return;
    shown = true;
    io.err(`\r\x1b[KReading ${read} of ${total} containers …`);
  };
  try {
    return await look({ ...(options.host === undefined ? {} : { host: options.host }), ...(options.context === undefined ? {} : { context: options.context }), progress, note: (sentence) => io.err(`bulkhead: ${safe(sentence)}\n`) });
  } finally {
    if (shown) io.err('\r\x1b[K');
  }
}

/** A snapshot with all that is judged of it: what the window shows of the same snapshot. */
export function factsOf(snapshot: Snapshot): Required<Facts> & { readonly findings: readonly Finding[] } {
  const judgement = judge(snapshot);
  const tables = snapshot.nets.map((n) => ({ key: n.key, neighbours: n.neighbours }));
  const alarms = watch(START, { snapshot, tables, at: snapshot.takenAt }).open;
  return { snapshot, judgement, alarms, findings: check({ snapshot, judgement, alarms }) };
}
