import type { Suspicion } from './judge.js';

/** One sentence for a person: who, towards whom, as whom, where. */
export function sentenceOf(s: Suspicion): string {
  const { attacker, victim, impersonates, segment } = s.names;
  if (s.kind === 'mac-move') return `${attacker} takes what is meant for ${victim} on ${segment}: the bridge leads ${s.mac} to its port.`;
  return `${attacker} poses as ${impersonates} towards ${victim} on ${segment}: ${s.address} is at ${s.mac}.`;
}
