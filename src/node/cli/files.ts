import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { openSnapshot } from '../../core/model/open.js';
import type { Snapshot } from '../../core/model/index.js';
import { frameAt, isRecording, openRecording, type FrameAnswer } from '../../core/record/index.js';
import { boundedText } from '../bounded.js';
import { fileStop, stop } from './trouble.js';

/** A file's text, bounded. `-` is standard input. */
export function readText(what: string, file: string): string {
  try {
    return boundedText(file === '-' ? 0 : file);
  } catch (error) {
    throw fileStop(what, file === '-' ? 'standard input' : file, error);
  }
}

/** A recording's last moment: of one that was cut off, that before the cut. */
function lastOf(text: string): FrameAnswer {
  const opened = openRecording(text);
  return opened.ok ? frameAt(opened.recording, opened.recording.frames.length - 1) : opened;
}

/** A saved snapshot, or a recording as it was in the end. Stops with one sentence where it is neither. */
export function readSnapshot(file: string): Snapshot {
  const text = readText('no snapshot', file);
  const opened = isRecording(text) ? lastOf(text) : openSnapshot(text);
  const called = file === '-' ? 'standard input' : file;
  if (opened.ok) return opened.snapshot;
  const { why, todo, command } = opened.trouble;
  throw stop(`${called} is not a snapshot`, why, todo, command);
}

/** Where what is called so lies: a link's end, also where nothing is there yet. */
function behind(file: string): string {
  let at = file;
  try {
    // As many links as the kernel itself would follow.
    for (let links = 0; links < 40; links++) at = path.resolve(realpathSync(path.dirname(at)), readlinkSync(at));
  } catch {
    // The end of the links.
  }
  return at;
}

/** Writes a file as a whole or not at all: beside it, then renamed over it. A link is written through; a device or pipe as it is. */
export function writeWhole(name: string, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  const special = (() => {
    try {
      return !statSync(name).isFile();
    } catch {
      return false;
    }
  })();
  const file = special ? name : behind(name);
  const temporary = path.join(path.dirname(file), `.${path.basename(file).slice(0, 100)}.${randomUUID()}`);
  const target = special ? file : temporary;
  let opened: number | null = null;
  try {
    opened = openSync(target, special ? 'w' : 'wx', 0o644);
    for (let done = 0; done < bytes.length;) done += writeSync(opened, bytes, done);
    if (!special) fsyncSync(opened);
    closeSync(opened);
    opened = null;
    if (!special) renameSync(temporary, file);
  } catch (error) {
    if (opened !== null) closeSync(opened);
    if (!special) rmSync(temporary, { force: true });
    // What is missing is the place to write to, not the file.
    throw fileStop('nothing was written', (error as NodeJS.ErrnoException).code === 'ENOENT' ? `folder ${path.dirname(file)}` : file, error);
  }
}
