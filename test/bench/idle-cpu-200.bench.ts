import { spawn } from 'node:child_process';
import { POLLS_PER_CHECK } from '../../src/node/session/connection.js';
import { DEFAULT_POLL_MS } from '../../src/node/session/session.js';
import type { Bench } from './bench.js';
import { awake, cpuMs, family } from './cpu.js';
import { hostOf, inside } from './host.js';

/**
 * As long as a session needs for one of each thing that it does by itself: a poll of use every 2 s, a look at all processes
 * every 30 s. It is the first such look, the one in four that asks for the host's links and rules: rather too much is told.
 */
const OURS_SECONDS = (POLLS_PER_CHECK * DEFAULT_POLL_MS) / 1000;
const PEER_SECONDS = 10;
const wait = (s: number) => new Promise((wake) => setTimeout(wake, s * 1000));

/** CPU of the session and of the engine on its behalf while watching 200 quiet containers, against `docker stats` of the same; with cores that stay awake, for both. */
export const bench: Bench = {
  name: 'idle-cpu-200',
  unit: '%',
  bound: { of: 'ratio', atMost: 0.1 },
  needs: ['root', 'docker'],
  run: () => awake(async () => {
    const { lab } = await hostOf(200);
    const engine = () => family(lab.enginePid, ['dockerd', 'containerd']);
    const share = async (seconds: number, pids: () => readonly number[]) => {
      const [before, from] = [cpuMs(pids()), performance.now()];
      await wait(seconds);
      return ((cpuMs(pids()) - before) / (performance.now() - from)) * 100;
    };
    const ours: number[] = [];
    const peer: number[] = [];
    const quiet = await share(PEER_SECONDS / 2, engine);
    for (let n = 0; n < 2; n++) {
      const there = await inside({ lab, names: [] });
      await there.ask('watch');
      // Until then the host is read, once: watching begins when nothing is owed any more.
      await there.ask('settled');
      await wait(1);
      ours.push(Math.max(0.01, (await share(OURS_SECONDS, () => [...family(there.pid), ...engine()])) - quiet));
      await there.ask('unwatch');
      there.close();
      const stats = spawn('docker', ['stats'], { stdio: 'ignore', env: { ...process.env, DOCKER_HOST: lab.host } });
      await wait(5);
      peer.push((await share(PEER_SECONDS, () => [...(stats.pid === undefined ? [] : [stats.pid]), ...engine()])) - quiet);
      stats.kill();
      await wait(1);
    }
    return { ours, peer: { name: 'docker stats', samples: peer } };
  }),
};
