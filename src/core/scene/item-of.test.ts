import { expect, it } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { pictureOf } from '../../../test/browser/stand.js';
import { lensByName } from '../lenses/index.js';
import { DEFAULT_OPTIONS } from '../lenses/view.js';
import { itemOf } from './item-of.js';

const { snapshot, judgement, findings, alarms } = pictureOf(cast(200));
const { scene } = lensByName('network').arrange({ snapshot, judgement, findings, alarms, shown: null, project: null, width: 1080, options: DEFAULT_OPTIONS }, null);
const ordered = scene.items;

it('finds the stack a container is in, never the bus that it hangs on', () => {
  const [stack] = ordered.filter((i) => i.role === 'stack');
  if (!stack) throw new Error('no stack');
  for (const member of stack.members) expect(itemOf(ordered, member)).toBe(stack.id);
});

it('finds a bus by its own name, and nobody for a stranger', () => {
  const [bus] = ordered.filter((i) => i.role === 'bus');
  expect(itemOf(ordered, bus?.subject?.id ?? '')).toBe(bus?.id);
  expect(itemOf(ordered, 'nobody')).toBeNull();
});
