import { execFile, spawn } from 'node:child_process';
import type { NetKey, Neighbour } from '../../../core/model/network.js';
import { known, unknown, type Reading } from '../../../core/model/reading.js';
import { jsonArray, parseNeighbours } from '../../../core/parse/net-ip.js';

/** Told by a listener. `onLost`: the kernel had more to say than was heard. `onEnd`: once, nothing comes after it. */
export interface Heard {
  readonly onLine: (line: string) => void;
  readonly onLost: () => void;
  readonly onEnd: () => void;
}

export type Listen = (heard: Heard) => { readonly stop: () => void };

/** The tool goes when standard input ends, which it does however this process ends. */
const SCRIPT = 'ip monitor neigh all-nsid </dev/null & m=$!; exec >&-; read -r _; kill "$m" 2>/dev/null';
const LONGEST_LINE = 4096;
const env = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' });

/** Listens to the neighbour events of this net namespace and of all that it has a number for, rtnetlink(7) with NETLINK_LISTEN_ALL_NSID (root). */
export const listenToNeighbours: Listen = ({ onLine, onLost, onEnd }) => {
  const child = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'], env: env() });
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    (child.stdin as typeof child.stdin | undefined)?.end();
    onEnd();
  };
  child.on('error', end);
  // Without a free descriptor a child has no streams, against what the types say; the error follows.
  if ((child.stdout as unknown) === undefined) return { stop: () => undefined };
  child.stdin.on('error', () => undefined);
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) rest = '';
    for (const line of lines) onLine(line);
  });
  child.stdout.on('end', end);
  child.stderr.on('data', (chunk: Buffer) => {
    if (chunk.includes('No buffer space')) onLost();
  });
  return {
    stop() {
      over = true;
      child.stdin.end();
    },
  };
};

/** Reads the IPv6 neighbours of one net namespace by a child; null where the process is in another one by now. Never rejects. */
export type ReadSix = (key: NetKey, pid: number | null) => Promise<Reading<readonly Neighbour[]> | null>;

const ASK = 'readlink /proc/self/ns/net; exec ip -j -6 neigh show nud all';
const SOURCE = 'ip -j -6 neigh';

export function readSix(proc: string): ReadSix {
  return (key, pid) =>
    new Promise((done) => {
      const sh = ['sh', '-c', ASK];
      const [command = 'sh', ...args] = pid === null ? sh : ['nsenter', `--net=${proc}/${pid}/ns/net`, ...sh];
      execFile(command, args, { env: env(), timeout: 5_000, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 }, (error, out) => {
        if (error !== null) return done(unknown('absent', SOURCE));
        const [net = '', ...text] = out.split('\n');
        if (key.startsWith('net:') && net !== `net:[${key.slice(4)}]`) return done(null);
        const rest = text.join('\n').trim();
        const items = rest === '' ? [] : jsonArray(rest);
        done(items === null ? unknown('unsupported', SOURCE) : known(parseNeighbours(items).v6, SOURCE));
      });
    });
}
