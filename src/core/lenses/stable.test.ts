import { expect, it } from 'vitest';
import { stableOrder } from './stable.js';

it('takes the wished order when nothing stood before', () => expect(stableOrder(['a', 'b'], undefined)).toEqual(['a', 'b']));
it('leaves everybody where they stood', () => expect(stableOrder(['c', 'a', 'b'], ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']));
it('lets a new one in where the wish puts it', () => expect(stableOrder(['a', 'n', 'b'], ['b', 'a'])).toEqual(['b', 'a', 'n']));
it('lets a new one in at the head', () => expect(stableOrder(['n', 'a'], ['a'])).toEqual(['n', 'a']));
it('closes the gap of one that left', () => expect(stableOrder(['a', 'c'], ['a', 'b', 'c'])).toEqual(['a', 'c']));
