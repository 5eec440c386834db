import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Neighbour } from '../../../core/model/network.js';
import { known, unknown, type Reading } from '../../../core/model/reading.js';
import type { Heard } from './listen.js';
import { LISTENS, READ_GAP, ROUND_MS, watchNeighbours } from './neighbours.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NETS = [{ key: 'net:1', pid: 11, of: ['a'] }, { key: 'net:2', pid: 12, of: ['b'] }];
const BOB = '02:42:ac:11:00:03';
const MALLORY = '02:42:ac:11:00:04';
const at = (mac: string, ip = 'fd00::3'): Neighbour => ({ ip, mac, dev: 'eth0', state: 'REACHABLE' });
const table = (...neighbours: Neighbour[]): Reading<readonly Neighbour[]> => known(neighbours, 'ip -j -6 neigh');
const told = (mac: string, nsid: number | 'current' = 0): string => `[nsid ${nsid}]fd00::3 dev if4 lladdr ${mac} REACHABLE `;

/** A watch whose kernel is played: `kernel` is what a table holds when it is read. */
function play() {
  const kernel = new Map<string, Reading<readonly Neighbour[]>>([['net:1', table(at(BOB))], ['net:2', table()]]);
  const reads: string[] = [];
  const heard: Heard[] = [];
  let stopped = 0;
  const watch = watchNeighbours(
    '/proc',
    (h) => {
      heard.push(h);
      return { stop: () => void (stopped += 1) };
    },
    (key) => {
      reads.push(key);
      return Promise.resolve(kernel.get(key) ?? null);
    },
  );
  const learn = (numbers: readonly (readonly [number, string])[] = [[0, 'net:1'], [1, 'net:2']]): void =>
    watch.learn([...kernel].map(([key, neighbours6]) => ({ key, neighbours6 })), new Map(numbers), Date.now());
  const macOf = (key: string): string | undefined => {
    const one = watch.tables(NETS).find((t) => t.key === key)?.neighbours;
    return one !== undefined && 'value' in one ? one.value[0]?.mac : undefined;
  };
  return { watch, kernel, reads, learn, macOf, stopped: () => stopped, starts: () => heard.length, say: (line: string) => heard.at(-1)?.onLine(line), lost: () => heard.at(-1)?.onLost(), end: () => heard.at(-1)?.onEnd() };
}

/** A watch that has listened for a while and has nothing left to read. */
async function calm() {
  const p = play();
  p.watch.tables(NETS);
  p.watch.start();
  p.learn();
  await vi.advanceTimersByTimeAsync(LISTENS + READ_GAP);
  p.reads.length = 0;
  return p;
}

test('an event that tells something new has the table of its namespace read, and no other', async () => {
  const p = await calm();
  p.kernel.set('net:1', table(at(MALLORY)));
  p.say(told(MALLORY));
  await vi.advanceTimersByTimeAsync(READ_GAP);
  expect(p.reads).toEqual(['net:1']);
  expect(p.macOf('net:1')).toBe(MALLORY);
});

test('what the table already says, IPv4, multicast and noise have nothing read', async () => {
  const p = await calm();
  for (const line of [told(BOB), '[nsid 0]10.0.0.2 dev if4 lladdr 02:42:ac:11:00:09 REACHABLE ', '[nsid 0]ff02::1 dev if4 lladdr 33:33:00:00:00:01 NOARP', told(MALLORY, 7), 'x', '[nsid 0]fd00::9 dev if4 FAILED ']) p.say(line);
  await vi.advanceTimersByTimeAsync(10 * READ_GAP);
  expect(p.reads).toEqual([]);
});

test('a storm of events costs one read in a while, and ends with the table as it is', async () => {
  const p = await calm();
  for (let n = 0; n < 400; n++) {
    p.kernel.set('net:1', table(at(n % 2 === 0 ? MALLORY : BOB)));
    p.say(told(n % 2 === 0 ? MALLORY : BOB));
    await vi.advanceTimersByTimeAsync(5);
  }
  p.kernel.set('net:1', table(at(MALLORY)));
  p.say(told(MALLORY));
  await vi.advanceTimersByTimeAsync(2 * READ_GAP);
  expect(p.reads.length).toBeLessThanOrEqual(2_000 / READ_GAP + 3);
  expect(p.macOf('net:1')).toBe(MALLORY);
});

test('a table that says the same stays the same object', async () => {
  const p = await calm();
  const before = p.watch.tables(NETS);
  p.kernel.set('net:1', table(at(BOB)));
  p.lost();
  await vi.advanceTimersByTimeAsync(2 * READ_GAP);
  expect(p.reads.sort()).toEqual(['net:1', 'net:2']);
  expect(p.watch.tables(NETS)[0]?.neighbours).toBe(before[0]?.neighbours);
});

test('an event of a number that nobody had is made up for when somebody has it', async () => {
  const p = await calm();
  p.say(told(MALLORY, 5));
  p.learn([[0, 'net:1'], [5, 'net:2']]);
  await vi.advanceTimersByTimeAsync(2 * READ_GAP);
  expect(p.reads).toEqual(['net:2']);
});

test('a reading of the wire that an event overtook does not undo what the event told', async () => {
  const p = await calm();
  const since = Date.now();
  p.kernel.set('net:1', table(at(MALLORY)));
  p.say(told(MALLORY));
  await vi.advanceTimersByTimeAsync(READ_GAP);
  p.watch.learn([{ key: 'net:1', neighbours6: table(at(BOB)) }], new Map([[0, 'net:1']]), since);
  expect(p.macOf('net:1')).toBe(MALLORY);
});

test('a listener that ended is started again, later each time, and what it missed is read', async () => {
  const p = await calm();
  p.end();
  await vi.advanceTimersByTimeAsync(900);
  expect(p.starts()).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(p.starts()).toBe(2);
  await vi.advanceTimersByTimeAsync(LISTENS + READ_GAP);
  expect(p.reads.sort()).toEqual(['net:1', 'net:2']);
  p.end();
  await vi.advanceTimersByTimeAsync(1_100);
  expect(p.starts()).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(p.starts()).toBe(3);
});

test('where nothing was ever read nothing is told, and a namespace that went is forgotten', async () => {
  const p = play();
  p.watch.learn([{ key: 'net:1', neighbours6: unknown('denied', 'ip -j -6 neigh') }], new Map(), 0);
  expect(p.watch.tables(NETS)).toEqual([]);
  const q = await calm();
  expect(q.watch.tables(NETS.slice(1)).map((t) => t.key)).toEqual(['net:2']);
});

test('closing ends the listener and all that was planned', async () => {
  const p = await calm();
  p.watch.close();
  p.say(told(MALLORY));
  p.end();
  p.watch.start();
  await vi.advanceTimersByTimeAsync(100_000);
  expect([p.stopped(), p.starts(), p.reads]).toEqual([1, 1, []]);
});

/** Which IPv4 tables are due, leaving out those whose turn it is anyway: in a short while of one turn only. */
function dueOf(p: { readonly watch: ReturnType<typeof watchNeighbours> }): readonly string[] {
  return p.watch.due(NETS).map((n) => n.key);
}
const told4 = (nsid: number | 'current' = 0): string => `[nsid ${nsid}]10.0.0.2 dev if4 lladdr 02:42:ac:11:00:09 REACHABLE `;

test('an IPv4 table is due when an event spoke of it, and not again', async () => {
  const p = await calm();
  dueOf(p);
  expect(dueOf(p)).toEqual([]);
  p.say(told4(1));
  expect(dueOf(p)).toEqual(['net:2']);
  expect(dueOf(p)).toEqual([]);
});

test('until the listener listens, and when it lost something, every IPv4 table is due', async () => {
  const p = play();
  p.watch.start();
  p.learn();
  expect([dueOf(p), dueOf(p)]).toEqual([['net:1', 'net:2'], ['net:1', 'net:2']]);
  await vi.advanceTimersByTimeAsync(LISTENS);
  expect([dueOf(p), dueOf(p)]).toEqual([['net:1', 'net:2'], []]);
  p.lost();
  expect([dueOf(p), dueOf(p)]).toEqual([['net:1', 'net:2'], []]);
  p.end();
  expect([dueOf(p), dueOf(p)]).toEqual([['net:1', 'net:2'], ['net:1', 'net:2']]);
});

test('a namespace that has no number here is always due, and once more when it is given one', async () => {
  const p = await calm();
  p.learn([[0, 'net:1']]);
  dueOf(p);
  expect([dueOf(p), dueOf(p)]).toEqual([['net:2'], ['net:2']]);
  p.learn([[0, 'net:1'], [1, 'net:2']]);
  expect([dueOf(p), dueOf(p)]).toEqual([['net:2'], []]);
});

test('whether heard of or not, each IPv4 table has its turn in a round', async () => {
  const p = await calm();
  const seen: string[] = [];
  dueOf(p);
  for (let ms = 0; ms < ROUND_MS; ms += 2_000) {
    await vi.advanceTimersByTimeAsync(2_000);
    for (const { key } of p.watch.due(NETS)) seen.push(key);
  }
  for (let ms = 0; ms < ROUND_MS; ms += 2_000) {
    await vi.advanceTimersByTimeAsync(2_000);
    for (const { key } of p.watch.due(NETS)) seen.push(key);
  }
  expect(new Set(seen)).toEqual(new Set(['net:1', 'net:2']));
  expect(seen.length).toBeLessThanOrEqual(2 * NETS.length);
});

test('it says whether each change would be heard: of a namespace without a number none, unless it has only lo', async () => {
  const p = await calm();
  expect(p.watch.hears(NETS)).toBe(true);
  p.learn([[0, 'net:1']]);
  expect(p.watch.hears(NETS)).toBe(false);
  p.watch.learn([], new Map([[0, 'net:1']]), Date.now(), new Set(['net:2']));
  expect(p.watch.hears(NETS)).toBe(true);
  expect([dueOf(p), dueOf(p)].at(-1)).toEqual([]);
  const foreign = [...NETS, { key: 'net:3', pid: 13, of: ['group:lxc:a'] }];
  expect(p.watch.hears(foreign)).toBe(true);
  expect(p.watch.due(foreign).map((n) => n.key)).toContain('net:3');
  p.end();
  expect(p.watch.hears(NETS)).toBe(false);
});

test('whoever waits is woken where there is something to ask for, and where nothing will be heard any more', async () => {
  const p = await calm();
  let woken = 0;
  p.watch.onMoved(() => (woken += 1));
  p.say(told(BOB));
  expect(woken).toBe(0);
  p.say(told4(1));
  expect(woken).toBe(1);
  p.kernel.set('net:1', table(at(MALLORY)));
  p.say(told(MALLORY));
  await vi.advanceTimersByTimeAsync(READ_GAP);
  expect(woken).toBe(2);
  p.say('[nsid current]dev veth2c lladdr 4e:5f:99:f0:90:9e REACHABLE ');
  expect(woken).toBe(3);
  p.end();
  expect(woken).toBe(4);
});

test('what bridges learnt is due when an event tells of it, and always while nothing is heard', async () => {
  const p = await calm();
  p.watch.dueForwarding();
  expect(p.watch.dueForwarding()).toBe(false);
  p.say('[nsid current]dev veth2c lladdr 4e:5f:99:f0:90:9e REACHABLE ');
  expect([p.watch.dueForwarding(), p.watch.dueForwarding()]).toEqual([true, false]);
  p.end();
  expect([p.watch.dueForwarding(), p.watch.dueForwarding()]).toEqual([true, true]);
});
