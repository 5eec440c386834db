import { closeSync, lstatSync, openSync, readSync, readdirSync, readlinkSync, type Dirent } from 'node:fs';
import { known, unknown, type Reading, type Unknown } from '../../../core/model/index.js';

/** Longest file that is read of the kernel; a mount table of a busy host has some hundred kilobytes. */
const LONGEST = 8 * 1024 * 1024;

/** One buffer for every file: a fresh one, as readFileSync takes, costs twice the time on /proc. */
let buffer = Buffer.allocUnsafe(64 * 1024);

/** Why a file could not be read. A process that ended while being read (ESRCH) has become absent. */
export function whyNot(error: unknown): Unknown {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'denied';
    // EINVAL and ENODEV: the file is there, what it tells of is not in this kernel.
    case 'ENOENT':
    case 'ESRCH':
    case 'ENOTDIR':
    case 'EINVAL':
    case 'ENODEV':
    case 'EOPNOTSUPP':
      return 'absent';
    default:
      return 'unsupported';
  }
}

/** Reads an open file from its start to its end. */
export function readOpen(fd: number): string {
  let length = 0;
  for (;;) {
    const got = readSync(fd, buffer, length, buffer.length - length, length);
    if (got === 0) return buffer.toString('latin1', 0, length);
    length += got;
    if (length < buffer.length) continue;
    if (buffer.length >= LONGEST) throw Object.assign(new Error('longer than Bulkhead reads'), { code: 'EFBIG' });
    const larger = Buffer.allocUnsafe(buffer.length * 2);
    buffer.copy(larger);
    buffer = larger;
  }
}

/** Text of a kernel file. Bytes above ASCII occur in names only; `utf8` decodes those. */
export function readText(path: string): Reading<string> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    return unknown(whyNot(error), path);
  }
  try {
    return known(readOpen(fd), path);
  } catch (error) {
    return unknown(whyNot(error), path);
  } finally {
    closeSync(fd);
  }
}

/** Text of a kernel file through its parser. */
export function read<T>(path: string, parse: (text: string, path: string) => Reading<T>): Reading<T> {
  const text = readText(path);
  return 'value' in text ? parse(text.value, path) : text;
}

export function readLink(path: string): Reading<string> {
  try {
    return known(readlinkSync(path), path);
  } catch (error) {
    return unknown(whyNot(error), path);
  }
}

/** Entries of a folder, none where it cannot be read. */
export function list(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** A folder itself, no symbolic link to one. */
export function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** UTF-8 of what readText took byte by byte. */
export function decode(latin1: string): string {
   
  return /[^\x00-\x7f]/.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1;
}
