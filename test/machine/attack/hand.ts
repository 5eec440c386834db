import { bundle } from '../bundle.js';
import { machine } from '../machine.js';
import { attackBundle } from './bundle.js';

/** By hand: `npx tsx test/machine/attack/hand.ts [words of a name or family]`. Prints what the emulated host says. */
const host = await machine();
const stamp = (what: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
try {
  stamp('up');
  await host.run('mkdir -p /opt/bulkhead && tar -xz -C /opt/bulkhead', bundle());
  await host.run('tar -xz -C /opt/bulkhead', await attackBundle());
  stamp('carried over');
  const words = process.argv.slice(2).map((w) => `'${w.replaceAll("'", '')}'`).join(' ');
  const ran = await host.try(`cd /opt/bulkhead && node lab/inside.js ${words}`, undefined, 20);
  process.stdout.write(ran.stderr.slice(-3000));
  for (const line of ran.stdout.split('\n').filter((l) => l.startsWith('{'))) {
    const { recording, ...rest } = JSON.parse(line) as { readonly recording: unknown };
    process.stdout.write(`${recording === null ? 'no recording ' : ''}${JSON.stringify(rest)}\n`);
  }
  stamp(`ended with ${ran.code}`);
} finally {
  await host.stop();
}
