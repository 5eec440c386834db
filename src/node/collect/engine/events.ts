import type { IncomingMessage } from 'node:http';
import { event } from './answers.js';
import type { Door } from './door.js';

/** One event of the engine. `id`: the container's or network's; `at` in ISO 8601. */
export interface EngineEvent {
  readonly type: 'container' | 'network' | 'daemon';
  /** `start`, `exec_start`, `health_status` …, without what follows a colon. */
  readonly action: string;
  readonly id: string;
  readonly name: string;
  /** For `network connect` and `disconnect`: the container's id. */
  readonly container: string | null;
  readonly exitCode: string | null;
  readonly at: string;
}

/** A line longer than this is not an event of an engine that is well. */
const LONGEST = 1_000_000;

/** Reads one line; null for what is not for us or was not understood. */
export function parseEvent(line: string): EngineEvent | null {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = event.safeParse(raw);
  if (!parsed.success) return null;
  const { Type, Action, status, id, Actor, time, timeNano } = parsed.data;
  const type = Type === '' ? 'container' : Type;
  if (type !== 'container' && type !== 'network' && type !== 'daemon') return null;
  const action = (Action === '' ? status : Action).split(':')[0]?.trim() ?? '';
  const attributes = Actor?.Attributes ?? {};
  const ms = typeof timeNano === 'number' ? timeNano / 1e6 : typeof time === 'number' ? time * 1000 : Date.now();
  const at = Number.isFinite(ms) && Math.abs(ms) < 8e15 ? new Date(ms) : new Date();
  return {
    type,
    action,
    id: Actor?.ID ?? id,
    name: attributes['name'] ?? '',
    container: type === 'network' ? (attributes['container'] ?? null) : null,
    exitCode: attributes['exitCode'] ?? attributes['containerExitCode'] ?? null,
    at: at.toISOString(),
  };
}

/** Splits a stream of JSON lines; what is left of a line at the end is dropped. */
export function splitLines(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    rest += chunk;
    let from = 0;
    for (let at = rest.indexOf('\n', from); at !== -1; at = rest.indexOf('\n', from)) {
      const line = rest.slice(from, at).trim();
      if (line !== '') onLine(line);
      from = at + 1;
    }
    rest = rest.slice(from);
    if (rest.length > LONGEST) rest = '';
  };
}

/**
 * Opens the engine's event stream; resolves once the engine has answered, so nothing after that is missed.
 * `ended` is called once, with the error or null, unless the signal was aborted.
 */
export async function openEvents(door: Door, signal: AbortSignal, onEvent: (event: EngineEvent) => void, ended: (error: Error | null) => void): Promise<void> {
  const filters = JSON.stringify({ type: ['container', 'network', 'daemon'] });
  const stream: IncomingMessage = await door.stream('/events', { filters }, signal);
  let over = false;
  const end = (error: Error | null) => {
    if (over || signal.aborted) return;
    over = true;
    ended(error);
  };
  stream.setEncoding('utf8');
  stream.on('data', splitLines((line) => {
    const parsed = parseEvent(line);
    if (parsed !== null && !signal.aborted) onEvent(parsed);
  }));
  stream.on('error', end);
  stream.on('end', () => end(null));
  stream.on('close', () => end(null));
}

/** An engine remembers some hundred events; nobody needs more of them than this. */
const HISTORY_BYTES = 2_000_000;

/** What happened before: the engine's own memory of events since `sinceMs`, up to now. */
export async function readHistory(door: Door, signal: AbortSignal, sinceMs: number): Promise<readonly EngineEvent[]> {
  const filters = JSON.stringify({ type: ['container'], event: ['start', 'die', 'died', 'oom', 'pause', 'unpause', 'update', 'rename'] });
  const stop = new AbortController();
  const end = () => stop.abort();
  signal.addEventListener('abort', end, { once: true });
  const timer = setTimeout(end, 5_000);
  const events: EngineEvent[] = [];
  try {
    const stream = await door.stream('/events', { filters, since: Math.floor(sinceMs / 1000), until: Math.floor(Date.now() / 1000) }, stop.signal);
    stream.setEncoding('utf8');
    let bytes = 0;
    const take = splitLines((line) => {
      const parsed = parseEvent(line);
      if (parsed !== null) events.push(parsed);
    });
    await new Promise<void>((resolve) => {
      stream.on('data', (chunk: string) => {
        bytes += chunk.length;
        take(chunk);
        if (bytes > HISTORY_BYTES) end();
      });
      stream.on('error', () => resolve());
      stream.on('close', () => resolve());
      stream.on('end', () => resolve());
    });
    return events;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
