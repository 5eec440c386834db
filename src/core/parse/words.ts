/** More words than this are not remembered at a time; a host has some hundred. */
const MOST = 8192;

const words = new Map<string, string>();

/** The same text as a string of its own: what is cut out of a text keeps that whole text in memory. */
export function ownCopy(text: string): string {
  return ` ${text}`.slice(1);
}

/**
 * The same word as a string of its own, and the very same string each time. What is cut out of a text keeps that whole
 * text in memory for as long as it is held itself: a mask of 16 letters would hold a kilobyte for each process.
 */
export function ownWord(word: string): string {
  const seen = words.get(word);
  if (seen !== undefined) return seen;
  const copy = ownCopy(word);
  if (words.size >= MOST) words.clear();
  words.set(copy, copy);
  return copy;
}
