import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../src/node/collect/connect.js';
import { startFake } from './fake-engine.js';

test('an engine that answers in place of the current context’s is told', { timeout: 60_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'bulkhead-passed-'));
  const engine = await startFake();
  try {
    const folder = join(home, '.docker/contexts/meta', createHash('sha256').update('desk').digest('hex'));
    mkdirSync(folder, { recursive: true });
    const write = (host: string): void => writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: 'desk', Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }));
    write(`unix://${home}/gone.sock`);
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: 'desk' }));
    // One of the usual places, so that some engine answers there.
    symlinkSync(engine.socket, join(home, 'docker.sock'));
    const told: string[] = [];
    const choice = { env: { XDG_RUNTIME_DIR: home }, home, uid: 0, platform: 'linux', note: (sentence: string) => void told.push(sentence) };
    const door = await connect(choice);
    expect(told).toEqual([`the engine of the current Docker context was passed over (there is no ${home}/gone.sock); this is ${door.endpoint}`]);
    door.close();
    write(engine.host);
    (await connect(choice)).close();
    expect(told.length).toBe(1);
  } finally {
    await engine.close();
    rmSync(home, { recursive: true, force: true });
  }
});
