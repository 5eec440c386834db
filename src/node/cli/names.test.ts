import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { projectOf } from './names.js';
import { Stop } from './trouble.js';

const host = cast(14);
const [project = ''] = host.containers.flatMap((c) => c.project ?? []);
const refused = (word: string, s = host): Stop['trouble'] | null => {
  try {
    projectOf(s, word);
    return null;
  } catch (error) {
    return error instanceof Stop ? error.trouble : null;
  }
};

test('a project is called as it is; another word is refused with the nearest', () => {
  expect(projectOf(host, project)).toBe(project);
  expect(refused(`${project}x`)).toMatchObject({ what: 'no such project', why: `nothing here belongs to ${project}x. Did you mean ${project}?` });
  expect(refused('nobody')?.todo).toContain(project);
  const bare = { ...host, containers: host.containers.map((c) => ({ ...c, project: null })), segments: host.segments.map((g) => ({ ...g, project: null })) };
  expect(refused(project, bare)?.todo).toContain('leave --project out');
});
