import { machineReaders } from '../collect/machine.js';
import { serve } from './serve.js';

/**
 * The reader with rights: started through pkexec or sudo on the user's request, it reads what only root may read and
 * ends with whoever started it. It takes no arguments; the tools that it starts are looked for in root's own folders.
 */
process.env['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin';
for (const name of Object.keys(process.env)) if (name !== 'PATH' && name !== 'LANG') delete process.env[name];
process.chdir('/');
// A reader without anybody to read for has nothing left to do.
process.stdout.on('error', () => process.exit(0));

const readers = machineReaders();
if (readers === null) {
  process.stderr.write('bulkhead: there is no /proc of Linux to read here\n');
  process.exit(2);
}
await serve(process.stdin, process.stdout, readers, process.geteuid?.() ?? 0);
process.exit(0);
