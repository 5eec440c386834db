import { statSync } from 'node:fs';

function isFile(word: string): boolean {
  try {
    return statSync(word).isFile();
  } catch {
    return false;
  }
}

/** Whether these words are for the window, as none are: an engine (`--host`, `--context`) or a file comes first, and no command. */
export function isForWindow(words: readonly string[], commands: readonly string[], there: (word: string) => boolean = isFile): boolean {
  const [first] = words;
  if (first === undefined || /^--(?:host|context)(?:=|$)/u.test(first)) return !words.some((word) => word === '--help' || word === '-h' || commands.includes(word));
  return !first.startsWith('-') && !commands.includes(first) && there(first);
}
