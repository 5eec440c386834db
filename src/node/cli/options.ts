import { InvalidArgumentError } from 'commander';

/** Reads an option's text as a whole number within bounds. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (!/^\d+$/u.test(text.trim()) || n < from || n > to) throw new InvalidArgumentError(`It is a whole number from ${from} to ${to}.`);
    return n;
  };
}

/** `90s`, `30m`, `24h` or plain seconds, in ms. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/u.exec(text.trim());
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match?.[2] ?? 's'] ?? 1_000;
  const ms = Number(match?.[1]) * unit;
  if (!match || !(ms >= 100 && ms <= 31 * 86_400_000)) throw new InvalidArgumentError('It is a time such as 90s, 30m or 24h, at most 31 days.');
  return ms;
}
