import type { Link, Picture } from '../../contract/contract.js';
import { asItStands } from '../../core/model/open.js';
import { judge } from '../../core/reach/index.js';
import { check } from '../../core/rules/index.js';

/** A file that this window judged by itself, under the key by which the session will speak of it. */
export interface Opening {
  readonly key: string;
  readonly link: Link;
  readonly picture: Picture;
}

/** What the session would show of a snapshot's text, by the same check, judge and rules; null where it must be asked. */
export function openHere(name: string, text: string): Opening | null {
  const snapshot = asItStands(text);
  if (snapshot === null) return null;
  try {
    const judgement = judge(snapshot);
    const findings = check({ snapshot, judgement, alarms: [] });
    return {
      key: [...crypto.getRandomValues(new Uint8Array(12))].join('.'),
      link: { state: 'file', name, takenAt: snapshot.takenAt },
      picture: { snapshot, judgement, findings, alarms: [], moments: [], denied: [], elevation: 'not-possible' },
    };
  } catch {
    return null;
  }
}

/** Resolves when the window has nothing else to do, after `ms` at the latest; at once where a browser cannot tell. */
export function idle(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === 'undefined') setTimeout(resolve);
    else requestIdleCallback(() => resolve(), { timeout: ms });
  });
}

/** Resolves after the next frame is painted, or soon where nothing is painted (a window behind others). */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, 1000);
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
      clearTimeout(late);
      resolve();
    })));
  });
}
