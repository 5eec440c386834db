import { z } from 'zod';
import { EXPORT_FORMATS } from '../../contract/contract.js';

const KEY = 'bulkhead-settings';
/** What the inspector takes where nobody chose. */
export const INSPECTOR_WIDTH = 360;
/** The rate that a session begins with. */
export const DEFAULT_POLL_MS = 2000;

const schema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  inspectorWidth: z.number().min(280).max(900).catch(INSPECTOR_WIDTH),
  inspectorShown: z.boolean().catch(true),
  stripHeight: z.number().min(64).max(240).catch(92),
  stripShown: z.boolean().catch(true),
  listShown: z.boolean().catch(false),
  pollMs: z.number().min(250).max(600_000).catch(DEFAULT_POLL_MS),
  format: z.enum(EXPORT_FORMATS).catch('svg'),
  scale: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).catch(2),
  page: z.enum(['a4', 'a3', 'letter', 'fit']).catch('a4'),
  redact: z.boolean().catch(false),
  wholeHost: z.boolean().catch(false),
});
export type SettingsData = z.infer<typeof schema>;

function load(): SettingsData {
  try {
    return schema.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return schema.parse({});
  }
}

const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

/** What the user chose, kept in this browser or desktop. What is stored is checked like anything from outside. */
export class Settings {
  #data = $state<SettingsData>(load());
  #systemDark = $state(dark().matches);

  constructor() {
    dark().addEventListener('change', (event) => (this.#systemDark = event.matches));
  }

  get value(): Readonly<SettingsData> {
    return this.#data;
  }

  set(change: Partial<SettingsData>): void {
    Object.assign(this.#data, change);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#data));
    } catch {
      // A private window may refuse: the choice then holds until it is closed.
    }
  }

  get theme(): 'light' | 'dark' {
    if (this.#data.theme !== 'system') return this.#data.theme;
    return this.#systemDark ? 'dark' : 'light';
  }

  /** System's, light, dark, and round again. */
  nextTheme(): void {
    const order = ['system', 'light', 'dark'] as const;
    this.set({ theme: order[(order.indexOf(this.#data.theme) + 1) % order.length] ?? 'system' });
  }
}
