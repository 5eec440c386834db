import { decisive, readingWords } from '../../core/inspect/index.js';
import type { Link, PairVerdict, Step } from '../../core/reach/types.js';

/** The four links of the frame's way, in its order, and the question that each answers. */
export const LINKS: readonly { readonly link: Link; readonly title: (victim: string) => string }[] = [
  { link: 'send', title: () => 'It can send the frame' },
  { link: 'wire', title: () => 'It is on the wire' },
  { link: 'way', title: () => 'Nothing on the way stops it' },
  { link: 'victim', title: (victim) => `${victim} accepts it` },
];

/** A link holds if all its readings hold, fails if one fails, else is unknown. */
export function linkState(steps: readonly Step[]): Step['holds'] {
  if (steps.some((step) => step.holds === 'no')) return 'no';
  return steps.some((step) => step.holds === 'unknown') ? 'unknown' : 'yes';
}

/** The chain as text, one line a reading, as `bulkhead l2 --from --to` prints it. */
export function chainText(heading: string, answer: PairVerdict): string {
  const word = { yes: 'holds  ', no: 'fails  ', unknown: 'unknown' } as const;
  return [
    `${heading}.`,
    `${answer.verdict}, ${answer.technique}`,
    ...answer.because.map((step) => `  ${word[step.holds]}  ${step.step}: ${readingWords(step.reading, decisive(`${step.step} ${step.why}`))}  [${step.reading.source}]`),
    ...answer.unless.map((text) => `Unless ${text}.`),
    ...(answer.remedies.length > 0 ? [`What would stop it: ${answer.remedies.map((r) => r.text).join(' · ')}`] : []),
    '',
  ].join('\n');
}
