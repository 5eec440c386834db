import type { Lab } from './engine.js';

interface Stall {
  readonly service: string;
  readonly network: string;
  readonly also?: string;
  readonly args?: readonly string[];
}

const STALLS: readonly Stall[] = [
  { service: 'proxy', network: 'shop_front', also: 'shop_back', args: ['--memory', '64m', '--pids-limit', '100'] },
  { service: 'web', network: 'shop_front', args: ['--cap-drop', 'NET_RAW', '--memory', '128m', '--cpus', '0.5'] },
  { service: 'api', network: 'shop_back', args: ['--cap-drop', 'ALL', '--read-only', '--security-opt', 'no-new-privileges', '--memory', '128m'] },
  { service: 'db', network: 'shop_back', args: ['--user', '1000', '--memory', '256m'] },
  { service: 'cache', network: 'shop_back', args: ['--cap-drop', 'ALL', '--user', '1000'] },
  { service: 'worker', network: 'shop_back', args: ['--cap-add', 'NET_ADMIN'] },
  { service: 'mailer', network: 'shop_front' },
  { service: 'metrics', network: 'host' },
  { service: 'agent', network: 'shop_front', args: ['--pid', 'host'] },
  { service: 'builder', network: 'bridge', args: ['--privileged'] },
];

/**
 * A small compose project named shop with `count` containers: two networks (one internal), limits, rights given and
 * taken, the host's namespaces. Beyond ten the services are repeated. The eleventh kind shares web's net namespace.
 */
export async function openShop(lab: Lab, count: number): Promise<readonly string[]> {
  const label = (network: string) => ['--label', 'com.docker.compose.project=shop', '--label', `com.docker.compose.network=${network}`];
  await lab.docker(['network', 'create', ...label('front'), 'shop_front']);
  await lab.docker(['network', 'create', '--internal', ...label('back'), 'shop_back']);
  const names: string[] = [];
  for (let n = 0; n < count; n++) {
    const stall = STALLS[n % STALLS.length] as Stall;
    const number = Math.floor(n / STALLS.length) + 1;
    const name = `shop-${stall.service}-${number}`;
    await lab.run(name, {
      args: [
        '--label', 'com.docker.compose.project=shop', '--label', `com.docker.compose.service=${stall.service}`,
        '--label', `com.docker.compose.container-number=${number}`, '--network', stall.network, ...(stall.args ?? []),
      ],
    });
    if (stall.also !== undefined) await lab.docker(['network', 'connect', stall.also, name]);
    names.push(name);
  }
  if (names.includes('shop-web-1')) {
    await lab.run('shop-tap-1', {
      args: ['--label', 'com.docker.compose.project=shop', '--label', 'com.docker.compose.service=tap', '--network', 'container:shop-web-1'],
    });
    names.push('shop-tap-1');
  }
  return names;
}
