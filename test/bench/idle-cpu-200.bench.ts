import { spawn } from 'node:child_process';
import type { Bench } from './bench.js';
import { cpuMs, family } from './cpu.js';
import { hostOf, inside } from './host.js';

const SECONDS = 10;
const wait = (s: number) => new Promise((wake) => setTimeout(wake, s * 1000));

/** CPU of the session and of the engine on its behalf while watching 200 quiet containers, against `docker stats` of the same. */
export const bench: Bench = {
  name: 'idle-cpu-200',
  unit: '%',
  bound: { of: 'ratio', atMost: 0.1 },
  needs: ['root', 'docker'],
  async run() {
    const { lab } = await hostOf(200);
    const engine = () => family(lab.enginePid, ['dockerd', 'containerd']);
    const share = async (pids: () => readonly number[]) => {
      const before = cpuMs(pids());
      await wait(SECONDS);
      return (cpuMs(pids()) - before) / (SECONDS * 10);
    };
    const ours: number[] = [];
    const peer: number[] = [];
    for (let n = 0; n < 3; n++) {
      const quiet = await share(engine);
      const there = await inside({ lab, names: [] });
      await there.ask('watch');
      await wait(8);
      ours.push(Math.max(0.01, (await share(() => [...family(there.pid), ...engine()])) - quiet));
      await there.ask('unwatch');
      there.close();
      const stats = spawn('docker', ['stats'], { stdio: 'ignore', env: { ...process.env, DOCKER_HOST: lab.host } });
      await wait(8);
      peer.push((await share(() => [...(stats.pid === undefined ? [] : [stats.pid]), ...engine()])) - quiet);
      stats.kill();
      await wait(3);
    }
    return { ours, peer: { name: 'docker stats', samples: peer } };
  },
};
