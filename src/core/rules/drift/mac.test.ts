import { expect, test } from 'vitest';
import { known, unknown } from '../../model/reading.js';
import { plainContainer, plainEndpoint, plainFacts, plainInterface } from '../example.js';
import { driftMac as rule } from './mac.js';

const has = (edit: Parameters<typeof plainInterface>[0], mac = plainEndpoint.mac) => rule.find(plainFacts([plainContainer({ endpoints: [{ ...plainEndpoint, mac }] })], { interfaces: [plainInterface(edit)] }));

test('letters in capitals, an ipvlan and a MAC that the engine does not tell are quiet', () => {
  expect(has({ mac: known('02:42:AC:14:00:02', 'ip') })).toEqual([]);
  expect(has({ mac: known('aa:00:00:00:00:01', 'ip'), kind: 'ipvlan' })).toEqual([]);
  expect(has({ mac: known('aa:00:00:00:00:01', 'ip') }, unknown('absent', 'engine: MacAddress'))).toEqual([]);
});
