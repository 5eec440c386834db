import { look } from '../../src/node/collect/look.js';

/** Prints one snapshot of the engine named by the first argument, read from where this process stands. */
process.stdout.write(JSON.stringify(await look({ host: process.argv[2] ?? '' })));
