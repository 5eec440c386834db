import { plain, textWidth, cutText, type Face } from '../../scene/measure.js';
import type { Wall } from '../../facts/walls/index.js';

/** The names of a wall that lists some (capabilities, mounts, devices), and what parts them; null where its words are a sentence. */
function listed(words: string, wall: Wall['name']): { readonly names: readonly string[]; readonly glue: ', ' | ' ' } | null {
  const clean = plain(words);
  if (clean.startsWith('?')) return null;
  const glue = wall === 'mounts' ? ', ' : ' ';
  const names = clean.split(glue);
  const some = wall === 'mounts' || wall === 'devices' || names.every((n) => /^[A-Z][A-Z0-9_]+$/.test(n));
  return some && names.length > 0 ? { names, glue } : null;
}

/** A path keeps its end, which tells it from others: `…/data rw`. Other words keep their beginning. */
function shortened(name: string, width: number, face: Face): string {
  if (textWidth(name, face) <= width) return name;
  const parts = name.split('/');
  for (let from = 2; from < parts.length; from += 1) {
    const tail = `…/${parts.slice(from).join('/')}`;
    if (textWidth(tail, face) <= width) return tail;
  }
  return cutText(name, width, face);
}

/** Names in lines that fit; what finds no room is counted (`+3`), so that nothing is lost without a word. */
export function nameLines(words: string, wall: Wall['name'], width: number, face: Face, most: number): readonly string[] | null {
  const list = listed(words, wall);
  return list === null ? null : countedLines(list.names, list.glue, width, face, most);
}

/** The same for a list that is known to be one. */
export function countedLines(names: readonly string[], glue: ', ' | ' ', width: number, face: Face, most: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  const rest = (n: number): string => (n > 0 ? ` +${n}` : '');
  for (const [i, name] of names.entries()) {
    const longer = line === '' ? name : line + glue + name;
    const last = lines.length === most - 1;
    const after = names.length - i - 1;
    const room = width - (after === 0 ? 0 : textWidth(last ? rest(after) : glue.trimEnd(), face));
    if (textWidth(longer, face) <= room) {
      line = longer;
    } else if (line === '') {
      line = shortened(name, room, face);
    } else if (last) {
      lines.push(line + rest(names.length - i));
      return lines;
    } else {
      lines.push(line + glue.trimEnd());
      line = shortened(name, width - (after === 0 ? 0 : textWidth(lines.length === most - 1 ? rest(after) : glue.trimEnd(), face)), face);
    }
  }
  return [...lines, line];
}
