import { expect, test } from 'vitest';
import { isForWindow } from './window.js';

const opens = (...words: string[]): boolean => isForWindow(words, ['check', 'serve'], (word) => word === 'saved.json' || word === 'check' || word === 'saved');

test('the window opens without words, on an engine that is named and on a file', () => {
  for (const words of [[], ['saved.json'], ['saved'], ['--host', 'ssh://h'], ['--host=ssh://h'], ['--context', 'desk'], ['saved.json', '--host', 'ssh://h']]) expect(opens(...words), words.join(' ')).toBe(true);
});

test('a command is a command, also where a file is called so; a word that is neither is none of the window’s', () => {
  for (const words of [['check'], ['check', 'saved.json'], ['chekc'], ['gone.json'], ['--help'], ['--version'], ['--hosts'], ['--host', 'ssh://h', '--help'], ['--host', 'ssh://h', 'check']]) expect(opens(...words), words.join(' ')).toBe(false);
});
