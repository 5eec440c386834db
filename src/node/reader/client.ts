import { spawn, type ChildProcess } from 'node:child_process';
import type { Trouble } from '../../contract/contract.js';
import type { Container } from '../../core/model/index.js';
import type { KernelReaders, NetToRead, Tables } from '../collect/parts.js';
import { eachLine } from './lines.js';
import { greeting, unpackKernel, unpackMoving, unpackWire, type AnswerLine, type Question, type TablesAnswer, type packKernel, type packMoving, type packWire } from './protocol.js';

/** A question that is not answered within this time is given up, and the reader with it. */
const ANSWER_MS = 60_000;

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts the reader by the given command (`pkexec …`, `sudo …`) and answers what it can read, or what went wrong.
 * `greetMs`: how long the user may take to say yes.
 */
export async function startReader(command: readonly string[], greetMs = 120_000): Promise<KernelReaders | Trouble> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-1000);
  });
  child.stdin.on('error', () => undefined);
  const waiting: Waiting[] = [];
  const moved = { tell: (): void => undefined };
  let greet: (uid: number | null) => void = () => undefined;
  const greeted = new Promise<number | null>((done) => {
    greet = done;
  });
  const gone = (why: string) => {
    greet(null);
    for (const one of waiting.splice(0)) one.reject(new Error(why));
  };
  let hello = false;
  eachLine(child.stdout, (line) => {
    if (!hello) {
      hello = true;
      const said = greeting.safeParse(JSON.parse(line));
      greet(said.success ? said.data.uid : null);
      return;
    }
    const said = JSON.parse(line) as AnswerLine;
    if ('moved' in said) return moved.tell();
    const one = waiting.shift();
    if ('failed' in said) one?.reject(new Error(said.failed));
    else one?.resolve(said.answer);
  }).catch(() => gone('the reader with rights could not be understood'));
  // All streams have ended by then, and so what it complained of is known.
  child.on('close', () => gone('the reader with rights has ended'));
  child.on('error', () => gone(`${program} could not be started`));
  const timer = setTimeout(() => greet(null), greetMs);
  const uid = await greeted;
  clearTimeout(timer);
  if (uid === null) {
    end(child);
    return {
      what: 'The kernel could not be read as root',
      why: lastWord(complaint) || `${program} did not start the reader: it was refused, or not allowed`,
      todo: 'Allow it when asked, or start Bulkhead as root in a terminal.',
      command: 'sudo bulkhead serve',
    };
  }
  return readersOf(child, waiting, moved);
}

/** The last line of what it complained of, without pkexec's closing one, which says nothing of why. */
function lastWord(complaint: string): string {
  return complaint.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/incident has been reported/i.test(line)).at(-1) ?? '';
}

function end(child: ChildProcess): void {
  // The reader ends when its input does; it cannot be killed by whoever has fewer rights.
  child.stdin?.end();
  child.stdout?.destroy();
}

function readersOf(child: ChildProcess, waiting: Waiting[], moved: { tell: () => void }): KernelReaders {
  let last: { readonly nets: readonly NetToRead[]; readonly tables: Tables; readonly hears: boolean } | null = null;
  const ask = (question: Question): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (child.stdin === null || child.stdin.destroyed || child.exitCode !== null) {
        reject(new Error('the reader with rights has ended'));
        return;
      }
      const timer = setTimeout(() => {
        end(child);
        reject(new Error('the reader with rights did not answer'));
      }, ANSWER_MS);
      waiting.push({
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  const list = (ids: ReadonlySet<string> | null) => (ids === null ? null : [...ids]);
  return {
    async kernel(containers, touched, depth) {
      const some = containers.map(({ id, name, pid, state, declared }) => ({ id, name, pid, state, declared }));
      const read = unpackKernel((await ask({ ask: 'kernel', containers: some, touched: list(touched), depth } as Question)) as ReturnType<typeof packKernel>);
      return { ...read, host: { ...read.host, readAs: read.host.readAs === 'nobody' ? 'nobody' : 'reader' } };
    },
    moving: async () => unpackMoving((await ask({ ask: 'moving' })) as ReturnType<typeof packMoving>),
    async wire(input, touched, depth) {
      const containers = input.containers.map(({ id, name, pid, state, declared, endpoints }) => ({ id, name, pid, state, declared, endpoints }));
      return unpackWire((await ask({ ask: 'wire', nets: input.nets, networks: input.networks, containers, proof: input.proof, touched: list(touched), depth } as unknown as Question)) as ReturnType<typeof packWire>);
    },
    async tables(nets) {
      const before = last?.nets === nets ? last : null;
      const { tables, hears } = (await ask({ ask: 'tables', nets: before === null ? nets : null } as unknown as Question)) as TablesAnswer;
      const now = tables ?? before?.tables;
      if (now === undefined) throw new Error('the reader with rights answered nothing');
      last = { nets, tables: now, hears };
      return now;
    },
    hears: (nets) => last?.nets === nets && last.hears,
    onMoved(told) {
      moved.tell = told;
    },
    programs: async (which) => new Map((await ask({ ask: 'programs', which: [...which] })) as readonly (readonly [string, Container['privilegedPrograms']])[]),
    forget: () => void ask({ ask: 'forget' }).catch(() => undefined),
    close: () => end(child),
  };
}
