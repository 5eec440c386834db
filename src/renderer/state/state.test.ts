import { describe, expect, it } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { pictureOf } from '../../../test/browser/stand.js';
import { diffSnapshots } from '../../core/delta.js';
import type { Step } from '../../core/reach/types.js';
import { applyChange, ratesBetween } from './apply.js';
import { cardOf } from './card.js';
import { linkState } from './chain.js';
import { search, type Entry } from './commands.js';
import { age, stateWords } from './words.js';

const picture = pictureOf(cast(14));
const now = Date.parse(picture.snapshot.takenAt);
const trouble = { what: '', why: 'it closed', todo: 'Nothing.', command: '' };

describe('a change of the picture', () => {
  it('replaces what it names and leaves the rest the same object', () => {
    const [first, ...rest] = picture.snapshot.containers;
    if (!first) throw new Error('an empty cast');
    const next = { ...picture.snapshot, takenAt: new Date(now + 1000).toISOString(), containers: [{ ...first, state: 'paused' as const }, ...rest] };
    const delta = { snapshot: diffSnapshots(picture.snapshot, next), judgement: null, findings: null, alarms: [], newMoments: [], denied: null, elevation: null };
    const after = applyChange(picture, delta);
    expect(after.snapshot.containers[0]?.state).toBe('paused');
    expect(after.snapshot.segments).toBe(picture.snapshot.segments);
    expect(after.judgement).toBe(picture.judgement);
    expect(after.moments).toBe(picture.moments);
  });

  it('gives rates of one host only', () => {
    const later = { ...picture, snapshot: { ...picture.snapshot, takenAt: new Date(now + 2000).toISOString() } };
    expect(ratesBetween(picture, later, null)?.size).toBeGreaterThan(0);
    expect(ratesBetween(null, picture, null)).toBeNull();
    expect(ratesBetween(pictureOf(cast(40)), later, null)).toBeNull();
  });
});

describe('words of a state', () => {
  it('are a sign and a few words', () => {
    expect(stateWords({ state: 'live', endpoint: '', since: '' }, picture, 'open', now).text).toBe('live, 14 containers');
    expect(stateWords({ state: 'stale', endpoint: '', since: '', trouble, nextTryAt: '' }, picture, 'open', now + 12_000).text).toBe('12 s old, reconnecting');
    expect(stateWords({ state: 'connecting', endpoint: '', since: '', read: 9, total: 14 }, null, 'open', now).text).toBe('reading, 9 of 14');
    expect(stateWords({ state: 'live', endpoint: '', since: '' }, picture, 'lost', now).sign).toBe('stale');
  });

  it('tell an age in its largest unit', () => {
    expect([0, 59_000, 60_000, 3_600_000, 86_400_000, 3 * 86_400_000].map(age)).toEqual(['0 s', '59 s', '1 min', '1 h', '1 day', '3 days']);
  });

  it('say that no container runs, also where groups of other runtimes do and stopped ones are left', () => {
    const { snapshot } = picture;
    const none = { ...picture, snapshot: { ...snapshot, containers: snapshot.containers.map((c) => ({ ...c, state: 'exited' as const, pid: null })) } };
    const live = { state: 'live', endpoint: '', since: '' } as const;
    expect(none.snapshot.groups.some((g) => !g.folded)).toBe(true);
    expect(stateWords(live, none, 'open', now)).toEqual({ sign: 'empty', text: 'live, 0 containers' });
    const card = cardOf(live, none, 'open', now);
    expect(card?.id).toBe('empty');
    expect(card?.rows[0]?.lines.join(' ')).toMatch(/0 run, 14 are stopped\. What is shown .* of other runtimes\./);
  });

  it('name the socket that is closed, and what its group costs only where joining it is the way', () => {
    const tried = [{ endpoint: 'unix:///a', failure: 'absent', text: 'there is no /a' }, { endpoint: 'unix:///b', failure: 'denied', text: '/b is there' }] as const;
    const of = (command: string) => cardOf({ state: 'example', tried, trouble: { ...trouble, command } }, picture, 'open', now)?.rows ?? [];
    expect(of('sudo usermod -aG docker "$USER"').map((r) => r.name)).toEqual(['Why', 'Do', 'Mind']);
    expect(of('')[0]?.lines).toEqual(['/b is there']);
    expect(of('').map((r) => r.name)).toEqual(['Why', 'Do']);
  });

  it('have a card only where there is something to say', () => {
    const live = { state: 'live', endpoint: '', since: '' } as const;
    expect(cardOf(live, picture, 'open', now)).toBeNull();
    expect(cardOf(live, { ...picture, denied: [{ what: 'filters', would: 'whether one stops it' }] }, 'open', now)?.rows).toHaveLength(1);
    expect(cardOf({ state: 'stale', endpoint: '', since: new Date(now - 12_000).toISOString(), trouble, nextTryAt: new Date(now + 3000).toISOString() }, picture, 'open', now)?.heading).toBe('Engine lost 12 s ago');
  });
});

describe('a link of the chain', () => {
  const step = (holds: Step['holds']): Step => ({ link: 'send', step: '', holds, reading: { value: 1, source: '' }, why: '' });
  it('holds if all readings hold, fails if one fails, else is unknown', () => {
    expect(linkState([step('yes'), step('yes')])).toBe('yes');
    expect(linkState([step('yes'), step('unknown')])).toBe('unknown');
    expect(linkState([step('no'), step('unknown')])).toBe('no');
  });
});

describe('the palette', () => {
  const entry = (text: string): Entry => ({ id: text, text, about: '', sign: null, act: () => {} });
  const entries = ['payments-103', 'postgres', 'redis', 'a(b'].map(entry);
  it('puts what is called exactly so before what only looks like it', () => {
    const names = ['shop-web-tap-1', 'old-shop-web-1', 'shop-web-10', 'Shop-web-1'].map(entry);
    expect(search(names, 'shop-web-1').map((e) => e.text)).toEqual(['Shop-web-1', 'shop-web-10', 'old-shop-web-1', 'shop-web-tap-1']);
  });
  it('finds in spite of a slip, and takes any text', () => {
    expect(search(entries, 'paymnts 103')[0]?.text).toBe('payments-103');
    expect(search(entries, '')).toBe(entries);
    expect(search(entries, 'a(b').map((e) => e.text)).toContain('a(b');
    expect(() => search(entries, '\\[('.repeat(4000))).not.toThrow();
  });
});
