import { expect, test } from 'vitest';
import { known } from '../../model/reading.js';
import { plainContainer, plainFacts } from '../example.js';
import type { Container } from '../../model/workload.js';
import { driftDevice as rule } from './device.js';

const find = (containers: readonly Container[]) => rule.find(plainFacts(containers));
const titles = (containers: readonly Container[]) => find(containers).map((hit) => hit.title);
const has = (node: string, devices: string[] = []) => titles([plainContainer({ devices: known([node], '/proc/4200/root/dev'), declared: { devices } })]);

test('a device is declared by itself or by its folder', () => {
  expect(has('/dev/snd/pcm0', ['/dev/snd:/dev/snd:rwm'])).toEqual([]);
  expect(has('/dev/xvda', ['/dev/sda:/dev/xvda:rwm'])).toEqual([]);
  expect(has('/dev/sda', ['/dev/sdb:/dev/sdb:rwm'])).toHaveLength(1);
});
test('what an accelerator’s runtime gives is its ordinary way', () => {
  expect(has('/dev/nvidia0')).toEqual([]);
  expect(has('/dev/acme0', ['request acme 0'])).toEqual([]);
});
test('a privileged container has every device', () => {
  expect(titles([plainContainer({ devices: known(['/dev/sda'], 'k'), declared: { privileged: true } })])).toEqual([]);
});
test('what lies in a folder of the host that was declared came with it, and what lies in a volume did not', () => {
  const within = (type: string) => titles([plainContainer({ devices: known(['/dev/snd/pcm0', '/dev/sda'], 'k'), declared: { mounts: [{ type, source: '/dev/snd', destination: '/dev/snd', writable: true, propagation: '' }] } })]);
  expect(within('bind')).toEqual(['web has the device /dev/sda, which was not declared.']);
  expect(within('volume')).toHaveLength(2);
});
