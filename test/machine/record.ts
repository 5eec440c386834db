import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Snapshot } from '../../src/core/model/index.js';
import { chosenSuite } from './image.js';
import type { Machine } from './machine.js';

/** With `BULKHEAD_RECORD_MACHINE=1` what was read of the machine is kept for unit tests. */
const keeping = process.env['BULKHEAD_RECORD_MACHINE'] === '1';

/** Writes `test/fixtures/machine/<suite>-<name>.json.gz`. */
export function keepSnapshot(name: string, snapshot: Snapshot): void {
  if (!keeping) return;
  mkdirSync('test/fixtures/machine', { recursive: true });
  writeFileSync(join('test/fixtures/machine', `${chosenSuite()}-${name}.json.gz`), gzipSync(JSON.stringify(snapshot), { level: 9 }));
}

const RICH = `docker network create --subnet 172.31.1.0/24 --label com.docker.compose.project=shop shop_front >/dev/null
docker run -d --name rich --network shop_front --label com.docker.compose.project=shop --label com.docker.compose.service=web \
 -e SECRET_IN_ENV=never-to-be-seen --cap-add NET_ADMIN --cap-drop NET_RAW --security-opt no-new-privileges --read-only --user 1000 \
 --memory 64m --cpus 0.5 --pids-limit 50 --restart on-failure:3 --sysctl net.ipv4.ip_forward=1 --device /dev/null:/dev/zap:r -p 127.0.0.1:8080:80 \
 -v /etc:/host/etc:ro -v data:/data --tmpfs /cache:ro busybox:lab sh -c 'sleep 100000; exec server --token abc123def'`;

/** Writes what the engine answers of one container with much to tell, as Docker's API gives it, to `test/fixtures/engine/<version>/`. */
export async function keepEngine(machine: Machine): Promise<void> {
  if (!keeping) return;
  await machine.run(RICH);
  const base = machine.host.replace('tcp://', 'http://');
  const get = async (path: string): Promise<unknown> => (await fetch(base + path)).json();
  const version = (await get('/version')) as { readonly Version: string; readonly ApiVersion: string };
  const api = `/v${version.ApiVersion}`;
  const folder = join('test/fixtures/engine', version.Version.split('.').slice(0, 2).join('.'));
  mkdirSync(folder, { recursive: true });
  const keep = (name: string, value: unknown) => writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(value, null, 1)}\n`);
  keep('version', version);
  keep('list', await get(`${api}/containers/json?all=1`));
  keep('info', await get(`${api}/info`));
  keep('networks', await get(`${api}/networks`));
  keep('inspect', await get(`${api}/containers/rich/json`));
}
