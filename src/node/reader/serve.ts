import type { Readable, Writable } from 'node:stream';
import type { EngineContainer } from '../collect/engine/types.js';
import type { KernelContainer, KernelReaders, NetToRead, Tables } from '../collect/parts.js';
import { eachLine } from './lines.js';
import { packKernel, packMoving, packWire, question, type AnswerLine, type Question, type TablesAnswer } from './protocol.js';

/** What was asked and answered last of tables: it is said again only where it moved. */
interface Told {
  nets: readonly NetToRead[];
  tables: Tables | null;
}

async function answerTo(ask: Question, readers: KernelReaders, told: Told): Promise<unknown> {
  const set = (ids: readonly string[] | null) => (ids === null ? null : new Set(ids));
  switch (ask.ask) {
    case 'kernel':
      return packKernel(await readers.kernel(ask.containers as readonly KernelContainer[], set(ask.touched), ask.depth));
    case 'moving':
      return packMoving(await readers.moving());
    case 'wire': {
      const { nets, networks, proof } = ask;
      // The engine's word for its bind mount of the namespace is a path: none is taken from outside.
      const containers = ask.containers.map((one) => ({ ...one, sandboxKey: '' })) as unknown as readonly EngineContainer[];
      return packWire(await readers.wire({ nets, networks, containers, proof }, set(ask.touched), ask.depth));
    }
    case 'tables': {
      const before = told.tables;
      if (ask.nets !== null) told.nets = ask.nets;
      told.tables = await readers.tables(told.nets);
      return { tables: ask.nets === null && told.tables === before ? null : told.tables, hears: readers.hears?.(told.nets) === true } satisfies TablesAnswer;
    }
    case 'programs':
      return [...((await readers.programs?.(ask.which)) ?? [])];
    case 'forget':
      readers.forget();
      return null;
  }
}

/** Answers questions until the input ends. Whoever asks closes it by ending, however that happens. */
export async function serve(input: Readable, output: Writable, readers: KernelReaders, uid: number): Promise<void> {
  const say = (value: unknown) => void output.write(`${JSON.stringify(value)}\n`);
  say({ reader: 1, uid });
  const last: Told = { nets: [], tables: null };
  readers.onMoved?.(() => say({ moved: true } satisfies AnswerLine));
  await eachLine(input, async (line) => {
    let told: AnswerLine;
    try {
      const asked = question.safeParse(JSON.parse(line));
      told = asked.success ? { answer: await answerTo(asked.data, readers, last) } : { failed: `no question of the reader's: ${asked.error.issues[0]?.message ?? ''}` };
    } catch (error) {
      told = { failed: error instanceof Error ? error.message : String(error) };
    }
    say(told);
  });
  readers.close();
}
