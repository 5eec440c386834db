import { existsSync } from 'node:fs';
import path from 'node:path';

const FILES = { sans400: 'IBMPlexSans-Regular.ttf', sans600: 'IBMPlexSans-SemiBold.ttf', mono400: 'IBMPlexMono-Regular.ttf', mono600: 'IBMPlexMono-SemiBold.ttf' } as const;
export type FontKey = keyof typeof FILES;

let folder: string | undefined;

/** The folder with the bundled fonts, above the sources or above the bundle. */
function fontFolder(): string {
  if (folder !== undefined) return folder;
  for (let at = import.meta.dirname; ; at = path.dirname(at)) {
    for (const place of ['build/fonts', 'assets/fonts', 'fonts']) {
      const found = path.join(at, place);
      if (existsSync(path.join(found, FILES.sans400))) return (folder = found);
    }
    if (at === path.dirname(at)) throw new Error('the bundled fonts are not where they should be: install Bulkhead anew');
  }
}

/** Path of a bundled static TTF file. */
export function fontFile(key: FontKey): string {
  return path.join(fontFolder(), FILES[key]);
}

export function fontFiles(): readonly string[] {
  return (Object.keys(FILES) as FontKey[]).map(fontFile);
}
