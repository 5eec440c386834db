import { z } from 'zod';
import type { SeccompProfile } from '../../../core/model/index.js';

const EPERM = 1;
const names = z.array(z.string().max(100)).max(2000);
const when = z.object({ caps: names.nullish(), arches: names.nullish(), minKernel: z.string().max(100).nullish() }).nullish();
const number = z.union([z.number(), z.bigint().transform(Number)]);
const file = z.object({
  defaultAction: z.string().max(100),
  defaultErrnoRet: z.number().nullish(),
  architectures: names.nullish(),
  archMap: z.array(z.object({ architecture: z.string().max(100), subArchitectures: names.nullish() })).max(100).nullish(),
  syscalls: z
    .array(
      z.object({
        name: z.string().max(100).optional(),
        names: names.nullish(),
        action: z.string().max(100),
        errnoRet: z.number().nullish(),
        args: z.array(z.object({ index: number, value: number, valueTwo: number.nullish(), op: z.string().max(100) })).max(64).nullish(),
        includes: when,
        excludes: when,
      }),
    )
    .max(5000)
    .nullish(),
});

const kindOnly = (kind: SeccompProfile['kind'], defaultAction: string): SeccompProfile => ({ kind, defaultAction, rules: [] });

/** The engine's own profile: its text is not in inspect, so `rules` is empty and the kind says it. */
export const DEFAULT_PROFILE = kindOnly('default', 'SCMP_ACT_ERRNO');
export const UNCONFINED = kindOnly('unconfined', 'SCMP_ACT_ALLOW');
/** A profile that is there and can't be read: no default action, nothing may be concluded. */
export const UNREADABLE = kindOnly('custom', '');

/** Conditions under which a rule stands, as words: `CAP_SYS_ADMIN`, `arch:amd64`, `kernel:4.8`. */
function conditions(value: z.infer<typeof when>): readonly string[] {
  if (value === null || value === undefined) return [];
  return [
    ...(value.caps ?? []),
    ...(value.arches ?? []).map((arch) => `arch:${arch}`),
    ...(value.minKernel ? [`kernel:${value.minKernel}`] : []),
  ];
}

/** A profile as Docker takes it (JSON text), or UNREADABLE where it is none. */
export function parseProfile(text: string): SeccompProfile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
  const parsed = file.safeParse(value);
  if (!parsed.success) return UNREADABLE;
  return {
    kind: 'custom',
    defaultAction: parsed.data.defaultAction,
    architectures: [...(parsed.data.architectures ?? []), ...(parsed.data.archMap ?? []).flatMap((m) => [m.architecture, ...(m.subArchitectures ?? [])])],
    rules: (parsed.data.syscalls ?? []).map((rule) => ({
      names: rule.names ?? (rule.name === undefined ? [] : [rule.name]),
      action: rule.errnoRet == null || rule.errnoRet === (parsed.data.defaultErrnoRet ?? EPERM) ? rule.action : `${rule.action}(${rule.errnoRet})`,
      args: (rule.args ?? []).map((arg) => ({ index: arg.index, value: arg.value, valueTwo: arg.valueTwo ?? 0, op: arg.op })),
      includes: conditions(rule.includes),
      excludes: conditions(rule.excludes),
    })),
  };
}

/**
 * Which profile a container has: its own option first, else none where it is privileged, else the engine's
 * default, which `/info` tells (`name=seccomp,profile=…`; not there: the engine runs without seccomp).
 */
export function seccompOf(securityOpt: readonly string[], privileged: boolean, engineOptions: readonly string[] | null): SeccompProfile {
  const own = securityOpt.findLast((option) => /^seccomp[=:]/.test(option))?.slice(8);
  if (own === 'unconfined') return UNCONFINED;
  if (own === 'builtin' || own === 'default') return DEFAULT_PROFILE;
  if (own !== undefined) return parseProfile(own);
  if (privileged) return UNCONFINED;
  if (engineOptions === null) return DEFAULT_PROFILE;
  const seccomp = engineOptions.find((option) => /(?:^|,)name=seccomp(?:,|$)/.test(option));
  if (seccomp === undefined) return UNCONFINED;
  const profile = /profile=([^,]*)/.exec(seccomp)?.[1] ?? 'default';
  if (profile === 'unconfined') return UNCONFINED;
  // Podman tells its profile's path; it is the default one unless somebody moved it.
  if (profile === 'default' || profile === 'builtin' || /\/containers\/seccomp\.json$/.test(profile)) return DEFAULT_PROFILE;
  return UNREADABLE;
}
