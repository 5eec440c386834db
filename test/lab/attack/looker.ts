import { createInterface } from 'node:readline';
import { explain } from '../../../src/core/reach/index.js';
import { look } from '../../../src/node/collect/look.js';

/** Runs in the lab's view: for each line `{ host, from, to }` one look and its verdicts, as a line of JSON. `from` and `to` are container names or `host`. */
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const ask = JSON.parse(line) as { readonly host: string; readonly from: string; readonly to: string };
  try {
    let snapshot = await look({ host: ask.host });
    // On a busy machine a container may be on its way to its program still: of such a one nothing is said.
    for (let n = 0; n < 10 && snapshot.containers.some((c) => c.state === 'running' && c.pid === null); n++) snapshot = await look({ host: ask.host });
    const id = (name: string) => (name === 'host' ? 'host' : (snapshot.containers.find((c) => c.name === name)?.id ?? name));
    process.stdout.write(`${JSON.stringify({ verdicts: explain(snapshot, id(ask.from), id(ask.to)), snapshot })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })}\n`);
  }
}
process.exit(0);
