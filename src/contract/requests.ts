import { z } from 'zod';
import { EXPORT_FORMATS, type Methods } from './contract.js';

/** The largest text that may be opened, in UTF-16 units; transports refuse more before parsing it. */
export const MAX_TEXT = 100 * 1024 * 1024;

const name = z.string().max(1024);
const none = z.tuple([]);
const text = z.object({ name, text: z.string().max(MAX_TEXT) }).readonly();
const file = z.object({ name, encoding: z.enum(['text', 'base64']), data: z.string().max(2 * MAX_TEXT) }).readonly();

const options = z
  .object({
    resource: z.enum(['memory', 'cpu', 'pids', 'io']),
    order: z.enum(['verdict', 'name', 'drift']),
    parts: z.enum(['both', 'hulls', 'matrix']),
    opened: z.array(z.string().max(4096)).max(10_000).readonly(),
  })
  .readonly();

const ids = z.array(z.string().max(4096)).max(100_000).readonly();

const exportRequest = z
  .object({
    format: z.enum(EXPORT_FORMATS),
    lens: z.enum(['network', 'namespaces', 'resources', 'enforcement']),
    theme: z.enum(['light', 'dark']),
    width: z.number().min(320).max(20_000),
    height: z.number().min(1).max(20_000).nullable(),
    order: z.record(z.string().max(4096), ids).readonly().nullable(),
    scale: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
    filter: z.string().max(4096),
    project: name.nullable(),
    selected: z.string().max(4096).nullable(),
    redact: z.boolean(),
    options,
    page: z.enum(['a4', 'a3', 'letter', 'fit']),
    compared: z.object({ from: name, came: ids, changed: ids, goneFrom: z.array(z.object({ segment: z.string().max(4096), names: z.array(name).max(10_000).readonly() }).readonly()).max(10_000).readonly() }).readonly().nullable(),
  })
  .readonly();

/** The arguments of each method, checked on the session's side of both transports before anything else sees them. */
export const requests: { readonly [K in keyof Methods]: z.ZodType<Parameters<Methods[K]>> } = {
  hello: none,
  resync: none,
  tryNow: none,
  engines: none,
  useEngine: z.tuple([z.object({ id: z.string().min(1).max(4096) }).readonly()]),
  openText: z.tuple([z.object({ name, text: z.string().max(MAX_TEXT), key: z.string().min(1).max(64).optional() }).readonly()]),
  openDialog: none,
  goLive: none,
  exportAs: z.tuple([exportRequest]),
  saveAs: z.tuple([file]),
  readTraffic: none,
  readPrograms: none,
  elevate: none,
  setPollInterval: z.tuple([z.object({ ms: z.number().int().min(250).max(600_000) }).readonly()]),
  seek: z.tuple([z.object({ frame: z.number().int().min(0).max(10_000_000) }).readonly()]),
  compareText: z.tuple([text]),
  notify: z.tuple([z.object({ title: z.string().max(200), body: z.string().max(2000) }).readonly()]),
};

export type MethodName = keyof Methods;

/** Whether a word from outside names a method. */
export function isMethod(word: unknown): word is MethodName {
  return typeof word === 'string' && Object.hasOwn(requests, word);
}
