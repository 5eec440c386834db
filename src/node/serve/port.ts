import type { Answer, Methods, Push, Trouble } from '../../contract/contract.js';
import { isMethod, requests, type MethodName } from '../../contract/requests.js';

/**
 * What a transport needs of a session: it carries calls and pushes and knows nothing of them.
 * `subscribe` answers with a function that ends it; `call` never rejects for a reason that a user could see.
 */
export interface SessionPort {
  subscribe(listener: (push: Push) => void): () => void;
  call<K extends MethodName>(method: K, args: Parameters<Methods[K]>): Promise<ReturnType<Methods[K]>>;
}

/** Methods that the shell answers (dialogs, notifications, which shell it is) instead of the session. */
export type ShellMethods = { readonly [K in MethodName]?: (...args: Parameters<Methods[K]>) => Promise<ReturnType<Methods[K]>> };

export function refuse(what: string, why: string, todo: string): { readonly ok: false; readonly trouble: Trouble } {
  return { ok: false, trouble: { what, why, todo, command: '' } };
}

/** Checks a call from outside against the contract and hands it to the shell or the session. Never throws. */
export async function dispatch(session: SessionPort, shell: ShellMethods, method: unknown, args: unknown): Promise<Answer<unknown>> {
  if (!isMethod(method)) return refuse('The window asked for something unknown.', 'There is no such method.', 'Restart Bulkhead: window and session are of different versions.');
  const parsed = requests[method].safeParse(args);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse('The window asked in a way that the session does not accept.', `${method}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(), 'Check what was entered and try again.');
  }
  try {
    return await hand(session, shell, method, parsed.data as never);
  } catch (error) {
    return refuse(`${method} could not be done.`, error instanceof Error ? error.message : 'The session failed.', 'Try again; if it stays, restart Bulkhead.');
  }
}

function hand<K extends MethodName>(session: SessionPort, shell: ShellMethods, method: K, args: Parameters<Methods[K]>): Promise<Answer<unknown>> {
  const own = shell[method] as ((...args: Parameters<Methods[K]>) => Promise<Answer<unknown>>) | undefined;
  return own ? own(...args) : session.call(method, args);
}
