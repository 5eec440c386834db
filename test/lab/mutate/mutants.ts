import * as ts from 'typescript';

/** One change to one place. All stand in the text at once; `$mutant.is(id)` says which is on. */
export interface Mutant {
  readonly id: number;
  readonly line: number;
  readonly what: string;
  readonly source: string;
}

interface Edit { readonly at: number; readonly depth: number; readonly opens: boolean; readonly text: string; readonly cut: number }

const OTHER: Readonly<Record<string, string>> = { shut: 'open', open: 'shut', none: 'unknown', unknown: 'none', possible: 'blocked' };
const BEYOND: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, '<='], [ts.SyntaxKind.LessThanEqualsToken, '<'], [ts.SyntaxKind.GreaterThanToken, '>='], [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
]);
const EQUAL = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken]);
const LOGIC = new Set([ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken]);

function yields(node: ts.Node): boolean {
  return ts.isYieldExpression(node) || (!ts.isFunctionLike(node) && (ts.forEachChild(node, (c) => yields(c) || undefined) ?? false));
}

/** Whether what the text says is an answer, and not something that is compared or a name. */
function answers(node: ts.StringLiteral): boolean {
  const p = node.parent;
  return ts.isReturnStatement(p) || (ts.isCallExpression(p) && p.expression.getText() === 'answer') || (ts.isConditionalExpression(p) && p.condition !== node) || ts.isArrowFunction(p);
}

/** The text with every change in it, each behind its own switch; `first` is the first id. */
export function mutate(file: string, text: string, first: number): { readonly text: string; readonly mutants: readonly Mutant[] } {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
  const lines = text.split('\n');
  const mutants: Mutant[] = [];
  const edits: Edit[] = [];
  const add = (node: ts.Node, what: string): string => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line;
    mutants.push({ id: first + mutants.length, line: line + 1, what, source: (lines[line] ?? '').trim() });
    return `$mutant.is(${first + mutants.length - 1})`;
  };
  const around = (node: ts.Node, depth: number, before: string, after: string): void => {
    edits.push({ at: node.getStart(), depth, opens: true, text: before, cut: 0 }, { at: node.end, depth, opens: false, text: after, cut: 0 });
  };
  const instead = (node: ts.Node, depth: number, by: string): void => void edits.push({ at: node.getStart(), depth, opens: true, text: by, cut: node.end - node.getStart() });

  const visit = (node: ts.Node, depth: number): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    // What a chain says of a condition is words; the condition itself is beside it.
    if (ts.isCallExpression(node) && node.expression.getText() === 'step') return;
    const short = node.getText().replaceAll(/\s+/g, ' ').slice(0, 60);
    if (ts.isBinaryExpression(node)) {
      const op = node.operatorToken;
      const beyond = BEYOND.get(op.kind);
      if (EQUAL.has(op.kind)) around(node, depth, '((', `) !== ${add(node, `not (${short})`)})`);
      else if (LOGIC.has(op.kind) && !yields(node.right)) {
        around(node, depth, `$mutant.logic(${add(node, `${op.getText() === '&&' ? '||' : '&&'} in ${short}`)}, ${op.getText() === '&&'}, `, '))');
        instead(op, depth, ', () => (');
      } else if (beyond !== undefined) {
        around(node, depth, `$mutant.order(${add(node, `${beyond} in ${short}`)}, '${op.getText()}', `, ')');
        instead(op, depth, ',');
      }
    } else if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) around(node, depth, '(', ` !== ${add(node, `not ${short}`)})`);
    else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) around(node, depth, '(', ` !== ${add(node, `not (${short})`)})`);
    else if (ts.isStringLiteral(node) && OTHER[node.text] !== undefined && answers(node)) around(node, depth, `(${add(node, `'${node.text}' → '${OTHER[node.text]}'`)} ? '${OTHER[node.text]}' : `, ')');
    else if (ts.isPropertyAccessExpression(node) && (node.name.text === 'some' || node.name.text === 'every') && ts.isCallExpression(node.parent)) {
      const [is, by] = node.name.text === 'some' ? ['some', 'every'] : ['every', 'some'];
      instead(node.name, depth, `${node.questionDotToken === undefined ? '' : ''}[${add(node.name, `${is} → ${by}`)} ? '${by}' : '${is}']`);
      if (node.questionDotToken === undefined) edits.push({ at: node.name.getStart() - 1, depth, opens: true, text: '', cut: 1 });
    } else if (ts.isExpressionStatement(node)) around(node, depth, `{ if (!${add(node, `without ${short}`)}) `, ' }');
    else if (ts.isCaseClause(node)) around(node.expression, depth, `(${add(node, `without case ${node.expression.getText()}`)} ? NaN : `, ')');
    else if (ts.isArrayLiteralExpression(node) && node.parent.kind !== ts.SyntaxKind.BinaryExpression) {
      for (const e of node.elements) if (!ts.isSpreadElement(e) && !ts.isOmittedExpression(e) && node.elements.length > 1 && !ts.isVariableDeclaration(node.parent.parent)) around(e, depth, `...(${add(e, `without element ${e.getText().slice(0, 40)}`)} ? [] : [`, '])');
    }
    const condition = ts.isIfStatement(node) ? node.expression : ts.isConditionalExpression(node) ? node.condition : null;
    if (condition !== null) around(condition, depth, '((', `) || ${add(condition, `true for ${condition.getText().replaceAll(/\s+/g, ' ').slice(0, 60)}`)}) && !${add(condition, `false for ${condition.getText().replaceAll(/\s+/g, ' ').slice(0, 60)}`)}`);
    ts.forEachChild(node, (c) => visit(c, depth + 1));
  };
  visit(tree, 0);

  // At one place what closes comes before what opens; the inner closes first, the outer opens first.
  edits.sort((a, b) => a.at - b.at || Number(a.opens) - Number(b.opens) || (a.opens ? a.depth - b.depth : b.depth - a.depth));
  let out = '';
  let at = 0;
  for (const e of edits) {
    out += text.slice(at, Math.max(at, e.at)) + e.text;
    at = Math.max(at, e.at) + e.cut;
  }
  return { text: out + text.slice(at), mutants };
}
