import { expect, test } from 'vitest';
import { parsePolicy } from './policy.js';
import { Stop } from './trouble.js';

function why(text: string): string {
  try {
    parsePolicy('bulkhead.yaml', text);
    return 'taken';
  } catch (error) {
    return error instanceof Stop ? `${error.trouble.what}: ${error.trouble.why}` : String(error);
  }
}

test('a policy is read as it is written', () => {
  expect(parsePolicy('x', 'version: 1\nfail-on: high\naccept:\n  - { rule: privileged, reason: why not, until: 2030-01-31 }\n')).toEqual({ version: 1, 'fail-on': 'high', accept: [{ rule: 'privileged', reason: 'why not', until: '2030-01-31' }] });
});

test('each mistake has its line and, where one is near, the word that was meant', () => {
  expect(why('version: 2\n')).toContain('bulkhead.yaml, line 1');
  expect(why('version: 1\n\nfail-on: hihg\n')).toContain('line 3');
  expect(why('version: 1\nseverity:\n  - rule: no-memory-limt\n    to: low\n')).toMatch(/line 3.*Did you mean no-memory-limit/u);
  expect(why('version: 1\naccept:\n  - rule: privileged\n    reason: x\n    untill: 2030-01-01\n')).toMatch(/line 5.*Did you mean until/u);
  expect(why('version: 1\nfail-on: [high\n')).toContain('not YAML');
  expect(why('- 1\n')).toContain('line 1');
  expect(why('')).toContain('line 1');
  expect(why('# nothing yet\n')).toContain('begins with version: 1');
  expect(why('fail-on: high\n')).toContain('version is missing');
  expect(why('version: 1\naccept:\n  - rule: privileged\n    reason: x\n')).toMatch(/line 3: accept\[0\]\.until is missing/u);
  expect(why('version: 1\naccept:\n  - rule: privileged\n    containers: jenkins\n    reason: x\n    until: 2030-01-01\n')).toMatch(/line 4: accept\[0\]\.containers: a list is expected here/u);
  expect(why('version: 1\nrules: []\n')).toMatch(/line 2: nothing is called "rules" here\.$/u);
});

test('a bomb of aliases is refused', () => {
  const bomb = `version: 1\na: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g'].map((k, i) => `${k}: &${k} [${Array(9).fill(`*${['a', 'b', 'c', 'd', 'e', 'f'][i]}`).join(',')}]`).join('\n')}\n`;
  expect(why(bomb)).toContain('aliases multiply');
});
