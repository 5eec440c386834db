import { expect, it } from 'vitest';
import { aSnapshot } from '../../../test/cast/cast.js';
import { hostPath, hostPaths } from './mounts.js';

const { host } = aSnapshot();
const at = (path: string, writable = true, destination = '/x') => hostPath({ host: path, destination, writable }, host);

it.each([
  ['/var/run/docker.sock', true, 'socket'], ['/run/podman/podman.sock', false, 'socket'], ['/var/run', true, 'socket'], ['/', true, 'writes'], ['/', false, 'reads'],
  ['/etc', true, 'writes'], ['/etc/', false, 'reads'], ['/etc/ssh', false, 'reads'], ['/proc', true, 'writes'], ['/proc', false, 'reads'], ['/sys', true, 'writes'], ['/dev', true, 'mind'],
  ['/var/lib/docker', true, 'writes'], ['/var/lib/docker', false, 'reads'], ['/root/.ssh', false, 'reads'], ['/home/me', true, 'mind'], ['/home/me/project', true, 'data'], ['/srv/pg', true, 'data'],
])('%s (writable: %s) is worth: %s', (path, writable, grade) => expect(at(path, writable)?.grade).toBe(grade));

it.each([
  ['/etc/localtime', false], ['/etc/ssl/certs', false], ['/sys/fs/cgroup', false], ['/lib/modules', false], ['/srv/conf', false], ['/var/lib/docker/volumes/pg/_data', true], ['', true],
])('%s (writable: %s) is ordinary', (path, writable) => expect(at(path, writable)).toBeNull());

it('passes over what the runtime writes into each container', () => expect(at('/var/lib/docker/containers/1/hosts', true, '/etc/hosts')).toBeNull());
it('knows the engine’s folder from the engine', () => {
  const moved = { ...host, engine: { ...host.engine, dataRoot: { value: '/mnt/engine', source: 'engine: DockerRootDir' } } };
  expect(hostPath({ host: '/mnt/engine', destination: '/x', writable: false }, moved)?.grade).toBe('reads');
});
it('puts the worst first and names each path once', () => {
  const bound = (path: string) => ({ host: path, destination: '/x', writable: true });
  expect(hostPaths([bound('/srv/b'), bound('/srv/a'), bound('/run/docker.sock'), bound('/srv/a')], host).map((p) => p.short)).toEqual(['docker.sock rw', '/srv/a rw', '/srv/b rw']);
});
