import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { container as containerSchema } from '../../../core/model/index.js';
import * as answers from './answers.js';
import { containerOf, stateOf } from './declared.js';

/** Real answers of engines, as they were recorded. */
const recorded = (engine: string, name: string): unknown => JSON.parse(readFileSync(`test/fixtures/engine/${engine}/${name}.json`, 'utf8'));
const read = (engine: string) => containerOf(answers.inspected.parse(recorded(engine, 'inspect')), answers.info.parse(recorded(engine, 'info')).SecurityOptions ?? null);

describe('an answer of Docker 20.10', () => {
  const container = read('20.10');
  test('is told as it was asked for', () => {
    expect(container.declared).toMatchObject({
      privileged: false, capAdd: ['CAP_NET_ADMIN'], capDrop: ['CAP_NET_RAW'], noNewPrivs: true, readonlyRootfs: true, user: '1000',
      memory: 64 * 1024 * 1024, cpus: 0.5, pidsLimit: 50, restartPolicy: 'on-failure', sysctls: { 'net.ipv4.ip_forward': '1' },
      devices: ['/dev/null:/dev/zap:r'], ports: ['127.0.0.1:8080->80/tcp'], seccomp: { kind: 'default' },
    });
    expect(container.declared.mounts.map((m) => [m.type, m.destination, m.writable])).toEqual(expect.arrayContaining([['bind', '/host/etc', false], ['volume', '/data', true], ['tmpfs', '/cache', false]]));
  });
  test('gives the plug with its prefix, and compose’s words', () => {
    expect(container).toMatchObject({ name: 'rich', project: 'shop', service: 'web', state: 'running' });
    expect(container.endpoints).toMatchObject([{ network: 'shop_front', ipv4: '172.31.1.2/24', gateway: '172.31.1.1', mac: expect.stringMatching(/^02:42:/) as string }]);
  });
  test('keeps no environment, and masks what looks like a secret', () => {
    expect(JSON.stringify(container)).not.toContain('never-to-be-seen');
    expect(container.declared.command).toBe('sh -c sleep 100000; exec server --token (masked)');
  });
});

describe.each(['26.1', '28.5'])('an answer of Docker %s', (engine) => {
  test('is told in the same words as that of 20.10', () => {
    const container = read(engine);
    expect(container).toMatchObject({ name: 'rich', project: 'shop', service: 'web', state: 'running', endpoints: [{ network: 'shop_front', ipv4: '172.31.1.2/24' }] });
    expect(container.declared).toMatchObject({ capAdd: ['CAP_NET_ADMIN'], capDrop: ['CAP_NET_RAW'], noNewPrivs: true, readonlyRootfs: true, memory: 64 * 1024 * 1024, cpus: 0.5, pidsLimit: 50, appArmorProfile: 'docker-default', ports: ['127.0.0.1:8080->80/tcp'] });
    expect(JSON.stringify(container)).not.toContain('never-to-be-seen');
    expect(container.declared.command).toBe('sh -c sleep 100000; exec server --token (masked)');
  });
});

describe('an answer of Podman 4.3', () => {
  test('is told in the same words', () => {
    expect(read('podman-4.3')).toMatchObject({ name: 'web', project: 'shop', declared: { memory: 64 * 1024 * 1024, capDrop: expect.arrayContaining(['CAP_NET_RAW']) as string[] } });
    expect(JSON.stringify(read('podman-4.3'))).not.toContain('never-to-be-seen');
  });
});

test('lists, networks, info and version of all are understood', () => {
  for (const engine of ['20.10', '26.1', '28.5', 'podman-4.3']) {
    expect(answers.listed.parse(recorded(engine, 'list')).length).toBeGreaterThan(0);
    expect(answers.networks.safeParse(recorded(engine, 'networks')).error).toBeUndefined();
    expect(answers.info.safeParse(recorded(engine, 'info')).error).toBeUndefined();
    expect(answers.version.safeParse(recorded(engine, 'version')).error).toBeUndefined();
  }
});

test('states of other engines are those of Docker', () => {
  expect(['running', 'Exited', 'configured', 'stopped', 'stopping', 'odd'].map(stateOf)).toEqual(['running', 'exited', 'created', 'exited', 'running', 'dead']);
});

test('limits of 0, -1 and null are no limit', () => {
  const answer = recorded('20.10', 'inspect') as { HostConfig: Record<string, unknown> };
  const { declared } = containerOf(answers.inspected.parse({ ...answer, HostConfig: { ...answer.HostConfig, Memory: 0, MemorySwap: -1, NanoCpus: 0, CpuQuota: 25_000, CpuPeriod: 50_000, PidsLimit: null } }), null);
  expect(declared).toMatchObject({ memory: 'max', memorySwap: 'max', cpus: 0.5, pidsLimit: 'max' });
});

test('whatever an engine answers, it is a container or is not understood', () => {
  const whole = recorded('20.10', 'inspect') as Record<string, unknown>;
  const spoil = fc.record({ section: fc.constantFrom('State', 'Config', 'HostConfig', 'NetworkSettings', ''), value: fc.oneof(fc.constant(null), fc.string({ maxLength: 20 }), fc.integer(), fc.constant([]), fc.constant({})) });
  const keys = fc.constantFrom('Status', 'Pid', 'Labels', 'CapAdd', 'Memory', 'SecurityOpt', 'Networks', 'Ports', 'Mounts', 'Devices', 'Id', 'Name', 'Health');
  fc.assert(
    fc.property(spoil, keys, ({ section, value }, key) => {
      const broken = section === '' ? { ...whole, [key]: value } : { ...whole, [section]: { ...(whole[section] as object), [key]: value } };
      const parsed = answers.inspected.safeParse(broken);
      if (!parsed.success) return;
      const made = containerOf(parsed.data, null);
      expect(containerSchema.def.innerType.shape.declared.safeParse(made.declared).error).toBeUndefined();
    }),
    { seed: 11, numRuns: 400 },
  );
});
