import { expect, test } from 'vitest';
import { known } from '../model/reading.js';
import { plainContainer, plainFacts, plainProcess } from './example.js';
import type { Container } from '../model/workload.js';
import { engineSocketMounted as rule } from './engine-socket-mounted.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const bind = (source: string, writable = true) => ({ type: 'bind', source, destination: source, writable, propagation: 'rprivate' });
const root = { process: plainProcess({ uid: known(0, '/proc/1/status') }) };

test('any engine’s socket counts, wherever it is mounted, and read-only is no help', () => {
  for (const source of ['/run/docker.sock', '/run/user/1000/docker.sock', '/run/containerd/containerd.sock', '/run/podman/podman.sock']) {
    expect(titles([plainContainer({ declared: { mounts: [bind(source, false)] } })])).toHaveLength(1);
  }
});
test('a folder that holds the socket counts for root, and not for a user who may not open it', () => {
  expect(titles([plainContainer({ ...root, declared: { mounts: [bind('/var/run')] } })])).toHaveLength(1);
  expect(titles([plainContainer({ ...root, declared: { mounts: [bind('/', false)] } })])).toHaveLength(1);
  expect(titles([plainContainer({ declared: { mounts: [bind('/', false)] } })])).toEqual([]);
});
test('a container that does not run reaches nothing', () => {
  expect(titles([plainContainer({ state: 'exited', pid: null, declared: { mounts: [bind('/run/docker.sock')] } })])).toEqual([]);
});
