import { agrees, play } from '../../lab/attack/play.js';
import { record } from '../../lab/attack/recording.js';
import { IN_MACHINE } from '../../lab/attack/modern.js';
import { startEngine, type Lab } from '../../lab/engine.js';
import { run } from '../../lab/run.js';

/** Runs inside the emulated host: plays what this kernel has on the host's own engine, a line of JSON for each scenario. */
const words = process.argv.slice(2);
const chosen = IN_MACHINE.filter((s) => words.length === 0 || words.some((w) => `${s.family}: ${s.name}`.includes(w)));

/** Profiles that the scenarios name; `network` rules are what they are about. */
const PROFILES: Readonly<Record<string, string>> = {
  'lab-no-raw': 'deny network raw, deny network packet,',
  'lab-no-inet-raw': 'deny network inet raw, deny network inet6 raw,',
};

/** An engine of its own in a net namespace of its own, as everywhere: the guard refuses any other. */
async function anEngine(): Promise<Lab> {
  for (const [name, deny] of Object.entries(PROFILES)) {
    await run(['apparmor_parser', '-r', '-K'], { input: `profile ${name} flags=(attach_disconnected,mediate_deleted) {\n  network,\n  capability,\n  file,\n  umount,\n  signal,\n  ${deny}\n}\n` });
  }
  return startEngine({ deadline: 180_000, dockerd: ['--containerd-namespace', 'lab', '--containerd-plugins-namespace', 'lab-plugins'] });
}

await play(chosen, {
  lanes: 1,
  engines: { plain: anEngine },
  looker: [process.execPath, '/opt/bulkhead/lab/looker.js'],
  told: (played, s) => {
    const results = played.results.map((r) => ({ technique: r.technique, said: r.verdict, worked: r.outcome.worked, by: r.outcome.by, agrees: agrees(r), unless: r.unless, seconds: r.seconds }));
    process.stdout.write(`${JSON.stringify({ name: `${s.family}: ${s.name}`, failed: played.failed, results, recording: record(s, played) })}\n`);
  },
});
