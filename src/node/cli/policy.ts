import { existsSync } from 'node:fs';
import { isMap, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { policySchema, type Policy } from '../../core/gate/policy.js';
import { ruleOf, RULES } from '../../core/rules/index.js';
import { readText } from './files.js';
import { didYouMean } from './nearest.js';
import { stop } from './trouble.js';

type Issue = NonNullable<ReturnType<typeof policySchema.safeParse>['error']>['issues'][number];

export const POLICY_FILE = 'bulkhead.yaml';
const KEYS = ['version', 'fail-on', 'severity', 'accept'];
const ENTRY_KEYS = ['rule', 'containers', 'to', 'reason', 'until'];
const KINDS: Readonly<Record<string, string>> = { array: 'a list', string: 'a text', object: 'words with values' };

/** `bulkhead.yaml` of the working folder, where there is one. */
export function findPolicy(): string | null {
  return existsSync(POLICY_FILE) ? POLICY_FILE : null;
}

/** The node of a path, or the deepest one on the way to it. */
function nodeAt(root: Node | null, path: readonly PropertyKey[], key?: string): Node | null {
  let node: Node | null = root;
  for (const step of path) {
    const next: unknown = isMap(node) ? node.get(step, true) : isSeq(node) && typeof step === 'number' ? node.get(step, true) : null;
    if (typeof next !== 'object' || next === null) break;
    node = next as Node;
  }
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((i) => String(i.key) === key);
    if (pair) return pair.key as Node;
  }
  return node;
}

/** What is wrong, in the words of somebody who writes YAML. */
function wordsOf(issue: Issue | undefined, path: string): string {
  const where = path === '' ? '' : `${path}: `;
  if (issue?.code === 'invalid_type' && path === '') return 'a policy is words with values and begins with version: 1';
  if (issue?.message.endsWith('received undefined') === true || issue?.message === 'Invalid input: expected 1') return `${path} is missing${path === 'version' ? ': a policy begins with version: 1' : ''}`;
  if (issue?.code === 'invalid_type' && issue.expected in KINDS) return `${where}${KINDS[issue.expected]} is expected here`;
  return `${where}${issue?.message ?? 'it is not as it should be'}`;
}

/** A policy's text, checked. Every error tells its line. */
export function parsePolicy(file: string, text: string): Policy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => `${file}, line ${lines.linePos(offset).line}`;
  const [broken] = document.errors;
  if (broken) throw stop(at(broken.pos[0]), `this is not YAML (${broken.message.split('\n')[0]})`, 'Correct that line.');
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw stop(file, 'its aliases multiply beyond all use', 'Write it without anchors.');
  }
  const parsed = policySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  // A word that nobody knows is mostly the cause of what is missing.
  const issue = parsed.error.issues.find((i) => i.code === 'unrecognized_keys') ?? parsed.error.issues[0];
  const strange = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const node = nodeAt(document.contents, issue?.path ?? [], strange);
  const offset = node?.range?.[0] ?? 0;
  const path = (issue?.path ?? []).map((p) => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`)).join('').replace(/^\./u, '');
  const word = strange ?? String(/"([^"]*)"/u.exec(issue?.message ?? '')?.[1] ?? '');
  const guess = strange !== undefined ? didYouMean(word, issue?.path.length === 0 ? KEYS : ENTRY_KEYS) : word !== '' && !ruleOf(word) && path.endsWith('rule') ? didYouMean(word, RULES.map((r) => r.name)) : '';
  const what = strange !== undefined ? `nothing is called ${JSON.stringify(strange)} here` : wordsOf(issue, path);
  throw stop(at(offset), `${what}.${guess}`, 'Correct that line, or leave the policy out with --no-policy.');
}

export function readPolicy(file: string): Policy {
  return parsePolicy(file, readText('no policy', file));
}
