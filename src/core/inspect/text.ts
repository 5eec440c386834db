import type { Inspection, Row } from './row.js';

const MARK = { risk: '▲ ', mind: '◆ ', fine: '✓ ', unknown: '? ', none: '' } as const;

function line(row: Row): string {
  switch (row.row) {
    case 'fact':
      return `${MARK[row.state]}${row.name}: ${row.value}${row.source === '' ? '' : `  [${row.source}]`}${row.note === '' ? '' : `\n    ${row.note}`}`;
    case 'meter':
      return `${MARK[row.state]}${row.name}: ${row.text}  [${row.source}]`;
    case 'words':
      return `${MARK[row.state]}${row.text}`;
    case 'link':
      return `${MARK[row.state]}${row.name}: ${row.text}`;
    case 'chips':
      return row.chips.map((chip) => `${chip.text} ${chip.state === 'risk' ? 'host’s' : chip.state === 'mind' ? 'shared' : chip.state === 'unknown' ? '?' : 'own'}`).join(', ');
    case 'remedy':
      return `${row.text}${row.command === '' ? '' : `\n    $ ${row.command}`}\n    breaks: ${row.breaks}`;
  }
}

/** The whole inspector as plain text, to be pasted into a ticket. */
export function inspectionText(inspection: Inspection): string {
  const { card } = inspection;
  const head = [inspection.title, inspection.subtitle, ...(card === null ? [] : ['', `${MARK[card.state]}${card.heading}`, card.text])];
  return [...head, ...inspection.sections.flatMap((s) => ['', s.title, ...s.rows.map((row) => `  ${line(row)}`)]), ''].join('\n');
}
