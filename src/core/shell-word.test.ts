import { expect, test } from 'vitest';
import { shellWord } from './shell-word.js';

test('a name that means nothing to a shell stays as it is', () => {
  for (const word of ['web', 'shop_front', 'registry:5000/team/app@sha256:ab', 'veth4f88a2a', 'v1.2+b']) expect(shellWord(word)).toBe(word);
});

test('any other is one word in quotes, on one line', () => {
  expect(shellWord('bridge; touch /tmp/owned\nid')).toBe("'bridge; touch /tmp/ownedid'");
  expect(shellWord("it's $(id)")).toBe("'it'\\''s $(id)'");
  expect(shellWord('--privileged')).toBe("'--privileged'");
  expect(shellWord('\u202eweb')).toBe('web');
  expect(shellWord('')).toBe("''");
});
