import { record } from '../../src/node/record.js';

/** Records the engine named by the first argument into the file named by the second, until its standard input ends. */
const stop = new AbortController();
process.stdin.on('end', () => stop.abort());
process.stdin.resume();
const done = await record({ host: process.argv[2], out: process.argv[3] ?? '', pollMs: 1000, signal: stop.signal, version: 'test', progress: (sentence) => process.stdout.write(`${sentence}\n`) });
process.stdout.write(`${JSON.stringify(done)}\n`);
process.exit(done.ok ? 0 : 2);
