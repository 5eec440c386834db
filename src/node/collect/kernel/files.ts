import { closeSync, constants, lstatSync, openSync, readSync, readdirSync, readlinkSync, type Dirent } from 'node:fs';
import { known, unknown, type Reading, type Unknown } from '../../../core/model/index.js';

const { O_RDONLY } = constants;

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

/** Reads an open file from its start to its end, in pieces as the kernel gives them. */
function readToEnd(fd: number): string {
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

function readBy(path: string, reader: (fd: number) => string): Reading<string> {
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY);
  } catch (error) {
    return unknown(whyNot(error), path);
  }
  try {
    return known(reader(fd), path);
  } catch (error) {
    return unknown(whyNot(error), path);
  } finally {
    closeSync(fd);
  }
}

/** Text of a kernel file of many records (mount tables, maps, lists). Byte by byte; `decode` makes UTF-8 of names in it. */
export function readText(path: string): Reading<string> {
  return readBy(path, readToEnd);
}

/** Text of a kernel file through its parser. */
export function read<T>(path: string, parse: (text: string, path: string) => Reading<T>): Reading<T> {
  const text = readText(path);
  return 'value' in text ? parse(text.value, path) : text;
}

/** More files than this are not held open, whatever the limit of this process. */
const MOST_HELD = 8192;

/** How many files may be held open: a quarter of what this process may have, so that sockets never run short. */
function capacity(): number {
  const limits = readText('/proc/self/limits');
  const soft = 'value' in limits ? /^Max open files\s+(\d+|unlimited)/m.exec(limits.value)?.[1] : undefined;
  return Math.min(MOST_HELD, soft === 'unlimited' ? MOST_HELD : Math.floor(Number(soft ?? 1024) / 4));
}

/** How many files are held open, over all that share the count. */
export interface Holding {
  open: number;
  readonly most: number;
}

let holding: Holding | undefined;

/** The count of this process: the limit is one for all that read in it. */
export function holdingOfProcess(): Holding {
  holding ??= { open: 0, most: capacity() };
  return holding;
}

/** Pieces of memory for what was read last of each file: a buffer of its own for each would weigh more than the text. */
const CHUNK = 64 * 1024;
let chunk = Buffer.allocUnsafeSlow(CHUNK);
let taken = 0;

interface Piece {
  readonly of: Buffer;
  readonly at: number;
  readonly room: number;
}

/** A piece with some room more than it needs, for a number that grows. */
function pieceFor(bytes: number): Piece {
  const room = (bytes + 8 + 7) & ~7;
  if (room > CHUNK / 4) return { of: Buffer.allocUnsafeSlow(room), at: 0, room };
  if (taken + room > CHUNK) {
    chunk = Buffer.allocUnsafeSlow(CHUNK);
    taken = 0;
  }
  const piece = { of: chunk, at: taken, room };
  taken += room;
  return piece;
}

/**
 * A kernel file of one record (all of it comes with the first read: status, cgroup, every file of a cgroup) that is
 * read again and again. From the second reading on it stays open, since opening costs more than reading (and a file that
 * stays open costs the kernel a page, so who reads once leaves none); text that is the same as before gives the very same
 * reading. An open file of /proc belongs to one process for good (another one that gets its pid
 * cannot answer in its place), and one of a cgroup to that cgroup; both say so (ESRCH, ENODEV) when that is gone.
 */
export class HeldFile<T> {
  private fd = -1;
  private piece: Piece | undefined;
  private length = -1;
  private reading: Reading<T> | undefined;
  private pass = -1;
  /** Whether the last read opened it: what was known of its process may then be known of another one. */
  fresh = true;
  /** The pass in which it last told something else than before. */
  movedAt = -1;

  constructor(
    readonly path: string,
    private readonly parse: (text: string, path: string) => Reading<T>,
    private readonly holding: Holding,
    /** Of the files that may be held, the part up to which this one may be: what each poll reads finds room last. */
    private readonly part = 0.75,
  ) {}

  /** Within one pass it is read once. */
  read(pass: number): Reading<T> {
    if (this.pass === pass && this.reading !== undefined) return this.reading;
    this.pass = pass;
    const { reading } = this;
    const now = this.readNow();
    if (now !== reading) this.movedAt = pass;
    return now;
  }

  private readNow(): Reading<T> {
    if (this.fd >= 0) {
      try {
        const got = this.take(this.fd);
        this.fresh = false;
        return this.settle(got);
      } catch {
        this.close();
      }
    }
    this.fresh = true;
    const again = this.length >= 0;
    let fd: number;
    try {
      fd = openSync(this.path, O_RDONLY);
    } catch (error) {
      return this.fail(error);
    }
    try {
      const read = this.settle(this.take(fd));
      if (again && this.holding.open < this.holding.most * this.part) {
        this.fd = fd;
        this.holding.open += 1;
      } else closeSync(fd);
      return read;
    } catch (error) {
      closeSync(fd);
      return this.fail(error);
    }
  }

  private take(fd: number): number {
    const got = readSync(fd, buffer, 0, buffer.length, 0);
    if (got === buffer.length) throw Object.assign(new Error('longer than a record of the kernel'), { code: 'EFBIG' });
    return got;
  }

  private settle(got: number): Reading<T> {
    const { piece, reading } = this;
    if (reading !== undefined && piece !== undefined && this.length === got && buffer.compare(piece.of, piece.at, piece.at + got, 0, got) === 0) return reading;
    const into = piece !== undefined && piece.room >= got ? piece : pieceFor(got);
    buffer.copy(into.of, into.at, 0, got);
    this.piece = into;
    this.length = got;
    const fresh = this.parse(buffer.toString('latin1', 0, got), this.path);
    this.reading = fresh;
    return fresh;
  }

  private fail(error: unknown): Reading<T> {
    const why = whyNot(error);
    const { reading } = this;
    this.length = -1;
    if (reading === undefined || 'value' in reading || reading.unknown !== why) this.reading = unknown(why, this.path);
    return this.reading ?? unknown(why, this.path);
  }

  close(): void {
    if (this.fd < 0) return;
    closeSync(this.fd);
    this.fd = -1;
    this.holding.open -= 1;
  }
}

export function readLink(path: string): Reading<string> {
  try {
    return known(readlinkSync(path), path);
  } catch (error) {
    return unknown(whyNot(error), path);
  }
}

/** What a link names, `undefined` where that cannot be read. */
export function linkText(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
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

/** UTF-8 of what was read byte by byte. */
export function decode(latin1: string): string {
  return /[^\x00-\x7f]/.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1;
}
