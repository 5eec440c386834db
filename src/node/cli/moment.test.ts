import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import type { Alarm } from '../../core/alarm/types.js';
import { momentsOfAlarms } from '../session/moments.js';
import { momentJson, momentLine } from './moment.js';

const snapshot = cast(14);
const idOf = (name: string): string => snapshot.containers.find((c) => c.name === name)?.id ?? '';
const segment = snapshot.segments[0];
const alarm: Alarm = {
  id: 'a1', kind: 'impersonation', at: '2026-01-02T03:04:05.000Z', healedAt: null, attacker: idOf('jenkins'), victim: idOf('registry'), impersonates: `gateway:${segment?.id}`,
  address: '172.18.0.1', segment: segment?.id ?? '', sentence: 'jenkins answers for the gateway in the table of registry.', evidence: [{ value: '02:42:ac:12:00:05', source: '/proc/7/net/arp' }],
};
const io = { paint: (_style: unknown, text: string) => text };

test('an alarm is told with the fields that its sentence is made of, and with its evidence', () => {
  const [began] = momentsOfAlarms([], [alarm]);
  if (!began) throw new Error('no moment');
  const picture = { snapshot, alarms: [alarm] };
  const told = JSON.parse(momentJson(began, picture)) as unknown;
  expect(told).toMatchObject({
    kind: 'alarm', text: alarm.sentence,
    alarm: {
      attacker: 'jenkins', attackerId: idOf('jenkins'), victim: 'registry', impersonates: '(gateway)', address: '172.18.0.1', segment: segment?.name, healedAt: null,
      evidence: [{ value: '02:42:ac:12:00:05', source: '/proc/7/net/arp' }],
    },
  });
  expect(momentLine(io, began, picture)).toBe(`03:04:05  ▲ alarm    ${alarm.sentence} [/proc/7/net/arp]\n`);
});

test('that it healed is told with the same alarm, and when', () => {
  const healed = { ...alarm, healedAt: '2026-01-02T03:05:00.000Z' };
  const [moment] = momentsOfAlarms([alarm], [healed]);
  if (!moment) throw new Error('no moment');
  expect(JSON.parse(momentJson(moment, { snapshot, alarms: [healed] }))).toMatchObject({ kind: 'healed', alarm: { id: 'a1', healedAt: healed.healedAt } });
});

test('what is no alarm is told as it is', () => {
  const moment = { id: 'x', at: alarm.at, kind: 'start', severity: 'none', text: 'web\u001b started', about: null } as const;
  expect(JSON.parse(momentJson(moment, { snapshot, alarms: [alarm] }))).toEqual(moment);
  expect(momentLine(io, moment, { alarms: [alarm] })).toBe('03:04:05  · start    web\ufffd started\n');
});
