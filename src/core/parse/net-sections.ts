/** What one command of a reading script said, and its exit status (127: there is no such command). */
export interface Section {
  readonly text: string;
  readonly status: number;
}

/**
 * Splits a reading script's output at its marker lines (`<mark> <name>` before a command, `<mark> = <status>` after).
 * The mark is drawn anew for each run, so that nothing which a container may name can forge one. A section without its end is left out.
 */
export function splitSections(output: string, mark: string): ReadonlyMap<string, Section> {
  const out = new Map<string, Section>();
  let name: string | null = null;
  let lines: string[] = [];
  for (const line of output.split('\n')) {
    if (!line.startsWith(`${mark} `)) {
      lines.push(line);
      continue;
    }
    const word = line.slice(mark.length + 1);
    if (!word.startsWith('= ')) {
      name = word;
      lines = [];
    } else if (name !== null) {
      out.set(name, { text: lines.join('\n'), status: Number(word.slice(2)) });
      name = null;
    }
  }
  return out;
}
