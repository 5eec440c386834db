/** One condition: `key:value`, or a word alone (key null). `at` and `length`: where it stands in the text. */
export interface Term {
  readonly kind: 'term';
  readonly key: string | null;
  readonly value: string;
  /** `use:>80%` and the like; `=` for all others. */
  readonly compare: '=' | '<' | '>';
  readonly at: number;
  readonly length: number;
}
export type Expression =
  | Term
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression };

/** What is wrong with a filter, and where: an offset and a length in UTF-16 units of the text. */
export interface FilterError {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}
export type Parsed = { readonly ok: true; readonly expression: Expression | null } | { readonly ok: false; readonly error: FilterError };

interface Token {
  readonly kind: 'word' | '(' | ')' | 'and' | 'or' | 'not';
  readonly text: string;
  /** Parts in quotes are text, whatever they hold. */
  readonly quoted: boolean;
  readonly at: number;
  readonly length: number;
}

class Mistake extends Error {
  constructor(readonly error: FilterError) {
    super(error.text);
  }
}

const LONGEST_FILTER = 2000;
const DEEPEST = 60;

function tokens(text: string): Token[] {
  const out: Token[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text[i]!;
    if (/\s/.test(c)) {
      i += 1;
      continue;
    }
    const at = i;
    if (c === '(' || c === ')') {
      out.push({ kind: c, text: c, quoted: false, at, length: 1 });
      i += 1;
      continue;
    }
    if ((c === '-' || c === '!') && i + 1 < text.length && !/[\s()]/.test(text[i + 1]!)) {
      out.push({ kind: 'not', text: c, quoted: false, at, length: 1 });
      i += 1;
      continue;
    }
    let [word, quoted] = ['', false];
    while (i < text.length && !/[\s()]/.test(text[i]!)) {
      if (text[i] !== '"') {
        word += text[i];
        i += 1;
        continue;
      }
      const end = text.indexOf('"', i + 1);
      if (end < 0) throw new Mistake({ at: i, length: text.length - i, text: 'The quotation mark is not closed.' });
      quoted ||= word === '';
      word += text.slice(i + 1, end);
      i = end + 1;
    }
    const lower = word.toLowerCase();
    const kind = !quoted && (lower === 'and' || lower === 'or' || lower === 'not') ? lower : 'word';
    out.push({ kind, text: word, quoted, at, length: i - at });
  }
  return out;
}

/** MAC or IPv6 addresses hold colons of their own. */
function isAddress(word: string): boolean {
  return /^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(\/\d+)?$/i.test(word);
}

function term(t: Token): Term {
  const where = { at: t.at, length: t.length };
  const colon = t.text.indexOf(':');
  if (t.quoted || colon < 0 || isAddress(t.text)) return { kind: 'term', key: null, value: t.text, compare: '=', ...where };
  const key = t.text.slice(0, colon).toLowerCase();
  const value = t.text.slice(colon + 1);
  if (key === '') throw new Mistake({ ...where, text: 'A word is missing before the colon.' });
  if (value === '') throw new Mistake({ ...where, text: `${key}: wants a value, for example ${key}:something.` });
  const compare = value[0] === '<' || value[0] === '>' ? value[0] : '=';
  return { kind: 'term', key, value: compare === '=' ? value : value.slice(1).replace(/^=/, ''), compare, ...where };
}

/** Words side by side mean and; `or` binds looser; `not`, `-` and `!` bind tightest. */
class Parser {
  private i = 0;
  private depth = 0;

  constructor(private readonly list: readonly Token[], private readonly end: number) {}

  whole(): Expression | null {
    if (this.list.length === 0) return null;
    const found = this.or();
    const rest = this.list[this.i];
    if (rest) throw new Mistake({ at: rest.at, length: rest.length, text: rest.kind === ')' ? 'This bracket closes nothing.' : `${rest.text} is not expected here.` });
    return found;
  }

  private or(): Expression {
    let left = this.and();
    while (this.list[this.i]?.kind === 'or') {
      this.i += 1;
      left = { kind: 'or', left, right: this.and() };
    }
    return left;
  }

  private and(): Expression {
    let left = this.not();
    for (;;) {
      const next = this.list[this.i];
      if (!next || next.kind === 'or' || next.kind === ')') return left;
      if (next.kind === 'and') this.i += 1;
      left = { kind: 'and', left, right: this.not() };
    }
  }

  private not(): Expression {
    const t = this.list[this.i];
    if (!t || t.kind === 'and' || t.kind === 'or' || t.kind === ')') {
      const before = this.list[this.i - 1];
      throw new Mistake({ at: t?.at ?? this.end, length: t?.length ?? 0, text: before ? `Something is missing after ${before.text}.` : `${t!.text} has nothing before it.` });
    }
    this.depth += 1;
    if (this.depth > DEEPEST) throw new Mistake({ at: t.at, length: t.length, text: 'Brackets are nested too deep.' });
    this.i += 1;
    let found: Expression;
    if (t.kind === 'not') found = { kind: 'not', of: this.not() };
    else if (t.kind === '(') {
      found = this.or();
      if (this.list[this.i]?.kind !== ')') throw new Mistake({ at: t.at, length: 1, text: 'This bracket is not closed.' });
      this.i += 1;
    } else found = term(t);
    this.depth -= 1;
    return found;
  }
}

/** Reads a filter's text; an empty one has no expression. Whether its words are known is for the terms to say. */
export function parseText(text: string): Parsed {
  if (text.length > LONGEST_FILTER) return { ok: false, error: { at: LONGEST_FILTER, length: text.length - LONGEST_FILTER, text: 'The filter is too long.' } };
  try {
    return { ok: true, expression: new Parser(tokens(text), text.length).whole() };
  } catch (e) {
    if (e instanceof Mistake) return { ok: false, error: e.error };
    throw e;
  }
}
