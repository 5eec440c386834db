import { expect, test } from 'vitest';
import { snapshot } from '../../src/core/model/index.js';
import { CAST_SIZES, aContainer, aSegment, aSnapshot, cast } from '../cast/cast.js';

test.each(CAST_SIZES)('the cast of %i is a snapshot by the schema, with that many containers', (size) => {
  const host = cast(size);
  expect(snapshot.safeParse(host).error).toBeUndefined();
  expect(host.containers).toHaveLength(size === 14 ? 14 : size);
  expect(new Set([...host.containers, ...host.groups].map((c) => c.id)).size).toBe(host.containers.length + host.groups.length);
  const segments = new Set(host.segments.map((s) => s.id));
  for (const c of host.containers) for (const e of c.endpoints) expect(segments.has(e.segment)).toBe(true);
});

test('the small builders make a snapshot by the schema', () => {
  const host = aSnapshot({ containers: [aContainer({ name: 'web' })], segments: [aSegment({ name: 'bridge' })] });
  expect(snapshot.safeParse(host).error).toBeUndefined();
});

test('in the cast of 14 the effective limit of worker is its slice’s', () => {
  const worker = cast(14).containers.find((c) => c.name === 'worker')!;
  expect(worker.cgroup.memory.imposedBy).toMatchObject({ value: '/batch.slice' });
  expect(worker.cgroup.memory.effectiveLimit).toMatchObject({ value: 1024 * 1024 * 1024 });
});
