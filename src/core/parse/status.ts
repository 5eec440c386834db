import { known, unknown, type Reading } from '../model/reading.js';
import { ownWord } from './words.js';

/**
 * What is read of `/proc/<pid>/status` (proc_pid_status(5)). `uid`: the effective one, as this user namespace sees it.
 * Capability sets are the kernel's hexadecimal masks. `pidInside`: the pid in its own, innermost pid namespace.
 */
export interface Status {
  readonly comm: string;
  readonly state: string;
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly pidInside: number;
  readonly kernelThread: boolean;
  /** 0 where it is not told. */
  readonly threads: number;
  readonly inheritable: string;
  readonly permitted: string;
  readonly effective: string;
  readonly bounding: string;
  readonly ambient: string;
  /** `undefined` before Linux 4.10. */
  readonly noNewPrivs: boolean | undefined;
  readonly seccomp: 'disabled' | 'strict' | 'filter' | undefined;
  /** Before Linux 5.9 the number of filters is not told. */
  readonly seccompFilters: number | undefined;
}

const SECCOMP = ['disabled', 'strict', 'filter'] as const;

/** One line's text after `\n<name>:` without surrounding blanks. */
function field(text: string, name: string, from = 0): string | undefined {
  const key = `\n${name}:`;
  const at = text.indexOf(key, from);
  if (at < 0) return undefined;
  const start = at + key.length;
  const end = text.indexOf('\n', start);
  // A line that the text ends in may have been cut in the middle of its value.
  if (end < 0) return undefined;
  return text.slice(start, end).trim();
}

function count(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

function mask(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{16}$/.test(text) ? ownWord(text) : undefined;
}

/** Unknown as a whole where one of the fields that every kernel since 4.3 writes is missing or is not what it should be. */
export function parseStatus(text: string, path: string): Reading<Status> {
  const whole = `\n${text}`;
  const bad = unknown('unsupported', path);
  const comm = field(whole, 'Name');
  const state = field(whole, 'State');
  const pid = count(field(whole, 'Pid'));
  const parent = count(field(whole, 'PPid'));
  const uid = count(field(whole, 'Uid')?.split('\t')[1]);
  if (comm === undefined || state === undefined || pid === undefined || parent === undefined || uid === undefined) return bad;
  const caps = whole.indexOf('\nCapInh:');
  if (caps < 0) return bad;
  const inheritable = mask(field(whole, 'CapInh', caps));
  const permitted = mask(field(whole, 'CapPrm', caps));
  const effective = mask(field(whole, 'CapEff', caps));
  const bounding = mask(field(whole, 'CapBnd', caps));
  const ambient = mask(field(whole, 'CapAmb', caps));
  if (inheritable === undefined || permitted === undefined || effective === undefined || bounding === undefined || ambient === undefined) return bad;
  // Told since Linux 6.8; before, kernel threads are pid 2 and its children, which have no memory of their own.
  const kthread = field(whole, 'Kthread');
  const nnp = field(whole, 'NoNewPrivs', caps);
  const mode = count(field(whole, 'Seccomp', caps));
  const inside = count(field(whole, 'NSpid')?.split('\t').at(-1));
  return known(
    {
      comm: ownWord(unescapeComm(comm)),
      state: state.slice(0, 1),
      pid,
      parent,
      uid,
      pidInside: inside ?? pid,
      kernelThread: kthread === undefined ? (pid === 2 || parent === 2) && field(whole, 'VmSize') === undefined : kthread === '1',
      threads: count(field(whole, 'Threads')) ?? 0,
      inheritable,
      permitted,
      effective,
      bounding,
      ambient,
      noNewPrivs: nnp === '1' ? true : nnp === '0' ? false : undefined,
      seccomp: mode === undefined ? undefined : SECCOMP[mode],
      seccompFilters: count(field(whole, 'Seccomp_filters', caps)),
    },
    path,
  );
}

/** The kernel writes newline and backslash of a name as `\n` and `\\`. */
function unescapeComm(comm: string): string {
  return comm.includes('\\') ? comm.replace(/\\(n|\\)/g, (_, c: string) => (c === 'n' ? '\n' : '\\')) : comm;
}
