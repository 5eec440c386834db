import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshot as schema } from '../../src/core/model/index.js';
import { saveMatrix } from '../lab/attack/recording.js';
import { attackBundle } from '../machine/attack/bundle.js';
import { judged, type Fought, type Row } from '../machine/attack/judge.js';
import { keepWorld } from '../machine/attack/recording.js';
import { WORLD } from '../machine/attack/world.js';
import { machine, type Machine } from '../machine/machine.js';

/** Attacks for real where the kernel has what that under these tests lacks: VLAN filtering, ipvlan, all of tc, VRFs, AppArmor. */
let host: Machine;

/** What the attacks printed. Nothing waits on one connection: qemu ends one that is silent for ten minutes. */
async function fight(on: Machine): Promise<string> {
  await on.run('cd /opt/bulkhead && (setsid sh -c "node lab/inside.js >said 2>complained; echo \\$? >ended" </dev/null >/dev/null 2>&1 &)');
  for (;;) {
    const ended = await on.try('n=0; until [ -s /opt/bulkhead/ended ] || [ $n -ge 60 ]; do sleep 1; n=$((n+1)); done; cat /opt/bulkhead/ended', undefined, 8);
    if (ended.stdout.trim() === '0') return on.run('cat /opt/bulkhead/said', undefined, 8);
    if (ended.stdout.trim() !== '') throw new Error(`the attacks did not end well: ${await on.run('tail -c 2000 /opt/bulkhead/complained')}`);
  }
}

let rows: readonly Row[] = [];

beforeAll(async () => {
  host = await machine();
  await host.run('mkdir -p /opt/bulkhead && tar -xzm -C /opt/bulkhead', await attackBundle());
  const said = JSON.parse(await fight(host)) as { readonly kernel: string; readonly snapshot: unknown; readonly wires: readonly Fought[] };
  const snapshot = schema.parse(said.snapshot);
  rows = judged(snapshot, said.wires);
  if (process.env['BULKHEAD_RECORD_LAB'] === '1') {
    keepWorld({ kernel: said.kernel, fought: said.wires, snapshot });
    saveMatrix();
  }
}, 1_500_000);

afterAll(async () => {
  await host?.stop();
});

const told = (r: Row): string => `${r.attacker} → ${r.victim}: said ${r.said}${r.can ? '' : ', not as x'}, ${r.worked ? 'worked' : 'failed'}`;

describe.each(WORLD.flatMap((w) => w.try.map((t) => [w.family, w.name, t] as const)))('%s, %s, %s', (_, wire, technique) => {
  const mine = (): readonly Row[] => rows.filter((r) => r.wire === wire && r.technique === technique);

  test('what is said is what happens', () => {
    expect(mine().length).toBeGreaterThan(0);
    expect(mine().filter((r) => !r.agrees).map(told)).toEqual([]);
  });

  test('whom each attacker fools is as expected', () => {
    expect(mine().filter((r) => r.worked !== r.expected).map(told)).toEqual([]);
  });
});
