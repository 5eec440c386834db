import { look } from '../../src/node/collect/look.js';

/** Prints one snapshot of the engine whose address is the argument, from wherever it is run. */
process.stdout.write(JSON.stringify(await look({ host: process.argv[2] })));
