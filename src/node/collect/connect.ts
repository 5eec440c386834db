import { DEADLINE_MS, Door } from './engine/door.js';
import { attemptOf, noEngine, type Attempt } from './engine/failure.js';
import { candidates, CURRENT, type HostChoice } from './engine/hosts.js';

/** How long one engine may take to greet before the next is tried. */
const GREETING_MS = 5_000;
/** ssh has to find the host, log in and start a program there. */
const SSH_GREETING_MS = 15_000;

/** Connects to the first engine that answers. Rejects with NoEngine, which tells what was tried and what to do. */
export async function connect(choice: HostChoice = {}, greetingMs?: number): Promise<Door> {
  const tried: Attempt[] = [];
  const list = candidates(choice);
  for (const candidate of list) {
    try {
      const door = await Door.open(candidate, greetingMs ?? DEADLINE_MS, greetingMs ?? (candidate.way.kind === 'ssh' ? SSH_GREETING_MS : GREETING_MS));
      const [first] = tried;
      if (first !== undefined && list[0]?.from === CURRENT) choice.note?.(`the engine of the current Docker context was passed over (${first.text}); this is ${door.endpoint}`);
      return door;
    } catch (error) {
      tried.push(attemptOf(candidate, error));
    }
  }
  throw noEngine(tried, list.every((candidate) => candidate.from !== 'usual place'));
}
