import type { Push } from '../../contract/contract.js';
import { refuse, type SessionPort } from './port.js';

/** A session that can be ended. */
export interface OpenSession extends SessionPort {
  close(): void;
}

/** Opens the session that the arguments name: `--host URL`, `--context NAME`, or the engine that is found. */
export function openSession(args: readonly string[]): OpenSession {
  const endpoint = args[args.indexOf('--host') + 1] ?? '';
  const listeners = new Set<(push: Push) => void>();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      listener({ push: 'link', link: { state: 'connecting', endpoint, since: new Date().toISOString(), read: 0, total: null } });
      return () => listeners.delete(listener);
    },
    call: () => Promise.resolve(refuse('Nothing is read yet.', 'No engine was asked.', 'Wait.') as never),
    close: () => listeners.clear(),
  };
}
