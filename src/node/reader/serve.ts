import type { Readable, Writable } from 'node:stream';
import type { EngineContainer } from '../collect/engine/types.js';
import type { KernelContainer, KernelReaders } from '../collect/parts.js';
import { eachLine } from './lines.js';
import { packKernel, packMoving, packWire, question, type AnswerLine, type Question } from './protocol.js';

async function answerTo(ask: Question, readers: KernelReaders): Promise<unknown> {
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
    case 'tables':
      return readers.tables(ask.nets);
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
  await eachLine(input, async (line) => {
    let told: AnswerLine;
    try {
      const asked = question.safeParse(JSON.parse(line));
      told = asked.success ? { answer: await answerTo(asked.data, readers) } : { failed: `no question of the reader's: ${asked.error.issues[0]?.message ?? ''}` };
    } catch (error) {
      told = { failed: error instanceof Error ? error.message : String(error) };
    }
    say(told);
  });
  readers.close();
}
