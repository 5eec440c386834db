import { expect, test } from 'vitest';
import { known, type Snapshot } from '../../core/model/index.js';
import { plainCgroup, plainContainer, plainFacts } from '../../core/rules/example.js';
import { decides, Judging } from './decides.js';

const host = (): Snapshot => plainFacts([plainContainer()]).snapshot;
const edited = (edit: Parameters<typeof plainContainer>[0]): Snapshot => plainFacts([plainContainer(edit)]).snapshot;
const used = known(99, '/sys/fs/cgroup/memory.current');

test('a reading in depth that found nothing but use is not judged again', () => {
  expect(decides('check', host(), host())).toBe(false);
  expect(decides('check', host(), edited({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, usage: used, oomKills: used }, pids: { ...plainCgroup.pids, usage: used } } }))).toBe(false);
  expect(decides('check', host(), edited({ processCount: used }))).toBe(false);
});

test('one that found another limit, right, process or workload is', () => {
  expect(decides('check', host(), edited({ cgroup: { ...plainCgroup, memory: { ...plainCgroup.memory, limit: used } } }))).toBe(true);
  expect(decides('check', host(), edited({ rootReadOnly: known(false, '/proc/1/mountinfo') }))).toBe(true);
  expect(decides('check', host(), edited({ processes: [] }))).toBe(true);
  expect(decides('check', host(), plainFacts([]).snapshot)).toBe(true);
  expect(decides('check', host(), { ...host(), notes: [{ about: 'host', text: 'something could not be read' }] })).toBe(true);
});

test('use alone never is, a whole reading always, and events are with the depth that follows them', () => {
  expect(decides('use', host(), plainFacts([]).snapshot)).toBe(false);
  expect(decides('events', host(), plainFacts([]).snapshot)).toBe(false);
  expect(decides('whole', host(), host())).toBe(true);
});

test('what an event told is judged with the depth that follows, even where that found nothing more', () => {
  const judging = new Judging();
  expect(judging.due('whole', null, host())).toBe(true);
  expect(judging.due('check', host(), host())).toBe(false);
  expect(judging.due('events', host(), plainFacts([]).snapshot)).toBe(false);
  expect(judging.due('use', host(), host())).toBe(false);
  expect(judging.due('check', host(), host())).toBe(true);
  expect(judging.due('check', host(), host())).toBe(false);
});
