/** One word of a shell line: names are anybody's, and a command is copied as it stands. Plain where nothing in it means something to a shell, else in single quotes, without control characters. */
export function shellWord(word: string): string {
  const clean = word.replace(/\p{C}/gu, '');
  // One that begins with a dash would be an option.
  return /^[\w.:/@%+][\w.:/@%+-]*$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`;
}
