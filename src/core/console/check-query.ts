/**
 * What people may ask of the database: one SELECT over the tables that are meant for it, with functions that only compute. It is checked on the
 * tree that ClickHouse itself reads, by what is known to be harmless: a form of syntax that is not listed here is refused.
 */
import { TributaryError } from '../errors.js';
import { type SqlToken, sqlTokens } from './sql-tokens.js';
import { type SyntaxNode, syntaxTree } from './syntax-tree.js';

/** What a query may do. */
export interface QueryRules {
  readonly tables: ReadonlySet<string>;
  /** All tables that a name may mean, those that are not to be read included. */
  readonly existing: ReadonlySet<string>;
  mayCall(name: string): boolean;
}

/** A parameter, `{name:Type}`. */
export interface QueryParam {
  readonly name: string;
  readonly type: string;
}

/** A statement whose words were looked at; it may be put after `EXPLAIN AST`. */
export interface ReadQuery {
  readonly sql: string;
  readonly tokens: readonly SqlToken[];
  readonly params: readonly QueryParam[];
}

const KINDS: ReadonlySet<string> = new Set([
  ...['SelectWithUnionQuery', 'SelectIntersectExceptQuery', 'SelectQuery', 'Subquery', 'WithElement'],
  ...['ExpressionList', 'Function', 'Identifier', 'Literal', 'Asterisk', 'QualifiedAsterisk'],
  ...[
    'ColumnsRegexpMatcher',
    'ColumnsListMatcher',
    'QualifiedColumnsRegexpMatcher',
    'QualifiedColumnsListMatcher',
  ],
  // Not ColumnsApplyTransformer: the tree does not say which function it calls.
  ...['ColumnsTransformerList', 'ColumnsExceptTransformer', 'ColumnsReplaceTransformer'],
  'ColumnsReplaceTransformer::Replacement',
  ...['TablesInSelectQuery', 'TablesInSelectQueryElement', 'TableExpression', 'TableIdentifier', 'TableJoin'],
  ...[
    'ArrayJoin',
    'SampleRatio',
    'OrderByElement',
    'InterpolateElement',
    'WindowDefinition',
    'WindowListElement',
  ],
]);
/** What is put together to one answer. */
const PARTS: ReadonlySet<string> = new Set([
  'SelectQuery',
  'SelectWithUnionQuery',
  'SelectIntersectExceptQuery',
]);
/** Functions whose second argument may name a table. */
const IN = /^(?:global)?(?:not)?(?:null)?in(?:ignoreset)?$/i;
/** Functions whose second argument names a type. */
const CAST = /^_?cast$|^accuratecast/i;
/** Words that stand before a bracket and call nothing. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...[
    'ALL',
    'AND',
    'ANY',
    'AS',
    'BETWEEN',
    'BY',
    'CASE',
    'COLUMNS',
    'CUBE',
    'DISTINCT',
    'ELSE',
    'EXCEPT',
    'EXISTS',
  ],
  ...[
    'FILL',
    'FROM',
    'HAVING',
    'ILIKE',
    'IN',
    'INTERPOLATE',
    'INTERSECT',
    'INTERVAL',
    'IS',
    'JOIN',
    'LIKE',
    'LIMIT',
  ],
  ...[
    'NOT',
    'OFFSET',
    'ON',
    'OR',
    'OVER',
    'PREWHERE',
    'QUALIFY',
    'REPLACE',
    'ROLLUP',
    'SELECT',
    'SETS',
    'STEP',
  ],
  ...['THEN', 'TO', 'UNION', 'USING', 'WHEN', 'WHERE', 'WITH'],
]);
const NAMED = /^([A-Za-z_]\w*)(?: \(alias .*\))?$/s;
const CONTROL = /[\p{Cc}\\]| \((?:alias|children) /u;

function forbid(message: string): never {
  throw new TributaryError('query_forbidden', message);
}

/**
 * Looks at the words of a statement that ClickHouse has printed.
 * @throws TributaryError `query_forbidden` unless it is one SELECT.
 */
export function readQuery(sql: string): ReadQuery {
  const tokens = sqlTokens(sql) ?? forbid('The query cannot be taken apart. Write it in plainer words.');
  const [first] = tokens.filter(({ text }) => text !== '(');
  if (first?.kind !== 'word' || !['SELECT', 'WITH'].includes(first.text))
    forbid('Only SELECT is answered here, with or without WITH.');
  if (tokens.some(({ kind, text }) => kind === 'symbol' && text === ';'))
    forbid('Only one statement is answered.');
  const words = tokens.map(({ kind, text }) => (kind === 'word' ? text : ''));
  if (words.some((word, index) => word === 'INTO' && words[index + 1] === 'OUTFILE'))
    forbid('INTO OUTFILE is not taken: rows come back as JSON.');
  if (words.includes('SETTINGS')) forbid('SETTINGS are not taken: limits are the same for everybody.');
  // The tree has one line for each node: names that could look like another line are left out.
  if (tokens.some(({ kind, text }) => kind === 'name' && CONTROL.test(text)))
    forbid('Names must not hold control characters, backslashes, " (alias " or " (children ".');
  const params = tokens.filter(({ kind }) => kind === 'parameter').map(({ text }) => readParam(text));
  return { sql, tokens, params };
}

function readParam(text: string): QueryParam {
  const [, name, type] = /^([A-Za-z_]\w*)\s*:\s*(.*?)\s*$/s.exec(text) ?? [];
  if (name === undefined || type === undefined) forbid(`{${text}} is no parameter: write {name:Type}.`);
  if (/^identifier$/i.test(type)) forbid(`{${text}}: parameters stand for values, not for names.`);
  return { name, type };
}

/**
 * Checks what ClickHouse read.
 * @param lines of `EXPLAIN AST`.
 * @throws TributaryError `query_forbidden` that says what is not allowed.
 */
export function checkQuery(query: ReadQuery, lines: readonly string[], rules: QueryRules): void {
  checkCalls(query.tokens, rules);
  const root = syntaxTree(lines);
  if (root?.kind !== 'SelectWithUnionQuery') forbid('Only SELECT is answered here.');
  const names = commonTables(query.tokens);
  for (const name of names) {
    if (!/^[A-Za-z_]\w*$/.test(name)) forbid(`WITH ${name} AS: use letters, digits and _ alone.`);
    if (rules.existing.has(name)) forbid(`WITH ${name} AS: there is a table of this name. Use another.`);
  }
  const readable = new Set([...rules.tables, ...names]);
  let elements = 0;
  const visit = (node: SyntaxNode): void => {
    if (node.kind === 'WithElement') elements += 1;
    checkNode(node, readable, rules);
    for (const child of node.children) visit(child);
  };
  visit(root);
  // The tree does not tell the names of WITH, the words do: they must speak of the same.
  if (elements !== names.length) forbid('This form of WITH is not answered. Write WITH name AS (SELECT …).');
}

/** The tree may leave out what is below some node; the words do not. */
function checkCalls(tokens: readonly SqlToken[], rules: QueryRules): void {
  for (const [index, { kind, text }] of tokens.entries()) {
    const isCall = (kind === 'word' || kind === 'name') && isSymbol(tokens[index + 1], '(');
    if (!isCall || (kind === 'word' && KEYWORDS.has(text))) continue;
    if (!rules.mayCall(text)) forbid(`The function ${text} is not among those that may be called.`);
  }
}

function isSymbol(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}

function checkNode(node: SyntaxNode, readable: ReadonlySet<string>, rules: QueryRules): void {
  const { kind, text, children } = node;
  if (kind === 'Set') forbid('SETTINGS are not taken: limits are the same for everybody.');
  if (kind === 'ColumnsApplyTransformer') forbid('APPLY is not answered. Write the columns out.');
  if (!KINDS.has(kind)) forbid(`${kind} is not answered here.`);
  if (kind === 'SelectWithUnionQuery') {
    const [list, ...rest] = children;
    const isPlain = list?.kind === 'ExpressionList' && list.children.every((child) => PARTS.has(child.kind));
    if (rest.length > 0 || !isPlain)
      forbid('FORMAT, SETTINGS and INTO OUTFILE are not taken: rows come back as JSON.');
  }
  if (kind === 'Function') checkFunction(node, readable, rules);
  if (kind === 'TableExpression' && children[0]?.kind === 'Function')
    forbid(`Table functions are not answered. Read from one of ${[...rules.tables].join(', ')}.`);
  if (kind === 'TableIdentifier') {
    const name = NAMED.exec(text)?.[1];
    if (name === undefined || !readable.has(name))
      forbid(
        `${text} is not to be read here. Tables are ${[...rules.tables].join(', ')}, without a database before them.`,
      );
  }
  if (kind === 'Literal' && /AggregateFunction/i.test(text))
    forbid('States of aggregate functions are not read from values.');
}

function checkFunction(
  { text, children }: SyntaxNode,
  readable: ReadonlySet<string>,
  rules: QueryRules,
): void {
  const name = NAMED.exec(text)?.[1];
  if (name === undefined || !rules.mayCall(name))
    forbid(`The function ${text} is not among those that may be called.`);
  const [first, second] = children[0]?.children ?? [];
  if (CAST.test(name) && second?.kind !== 'Literal') forbid(`${name} must name its type.`);
  if (!IN.test(name)) return;
  // Called with one argument it takes a tuple apart, or nothing at all.
  if (first === undefined || second === undefined) forbid(`${name} needs two sides.`);
  const isTable = second.kind === 'Identifier' || second.kind === 'TableIdentifier';
  if (isTable && !readable.has(NAMED.exec(second.text)?.[1] ?? ''))
    forbid(
      `What is right of IN must be a list, a subquery or a table that may be read, not ${second.text}. Of arrays ask has(array, value).`,
    );
}

/** The names that WITH gives to subqueries. */
function commonTables(tokens: readonly SqlToken[]): string[] {
  const isWord = (token: SqlToken | undefined, text: string) => token?.kind === 'word' && token.text === text;
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'word' && token.kind !== 'name') return [];
    const [as, open, select] = tokens.slice(index + 1, index + 4);
    const isSubquery = isWord(select, 'SELECT') || isWord(select, 'WITH') || isSymbol(select, '(');
    return isWord(as, 'AS') && isSymbol(open, '(') && isSubquery ? [token.text] : [];
  });
}
