import type { Comparison } from './types.js';

/** Text that cannot move a terminal's cursor or turn the line around: control and direction characters are spelled out. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const SIGN = { worse: '▲', better: '▽', neutral: '·' } as const;

/** For a terminal: one sentence, then a line for each change; ▲ worse, ▽ better. */
export function comparisonText(c: Comparison): string {
  return [c.summary, ...c.changes.map((x) => `  ${SIGN[x.direction]} ${x.text}`)].map(plain).join('\n') + '\n';
}

/** The comparison itself. */
export function comparisonJson(c: Comparison): string {
  return `${JSON.stringify(c, null, 2)}\n`;
}

/** Names are untrusted: nothing in them may become markup, a link or a mention. */
function inMarkdown(text: string): string {
  return plain(text).replace(/[\\`*_[\]<>#|~&]/g, (c) => `\\${c}`).replace(/@/g, '@\u200b').replace(/^(\d+)\./, '$1\\.').replace(/:\/\//g, ':\u200b//');
}

/** For a pull request: what is worse, better and else under headings of their own. */
export function comparisonMarkdown(c: Comparison): string {
  const out = ['### Isolation', '', inMarkdown(c.summary)];
  for (const [direction, title] of [['worse', '▲ Worse'], ['better', '▽ Better'], ['neutral', 'Changed']] as const) {
    const list = c.changes.filter((x) => x.direction === direction);
    if (list.length > 0) out.push('', `**${title}**`, '', ...list.map((x) => `- ${inMarkdown(x.text)}`));
  }
  return `${out.join('\n')}\n`;
}
