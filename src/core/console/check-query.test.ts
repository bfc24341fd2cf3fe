import { describe, expect, it } from 'vitest';
import { TributaryError } from '../errors.js';
import { checkQuery, type QueryRules, readQuery } from './check-query.js';

const RULES: QueryRules = {
  tables: new Set(['events']),
  existing: new Set(['events', 'hidden']),
  mayCall: (name) => ['count', 'plus', 'in', 'CAST'].includes(name),
};

/** The tree of `SELECT <node> FROM <table>`, its nodes as ClickHouse prints them. */
function treeOf(node: string[], table = 'TableIdentifier events'): string[] {
  return [
    'SelectWithUnionQuery (children 1)',
    ' ExpressionList (children 1)',
    '  SelectQuery (children 2)',
    '   ExpressionList (children 1)',
    ...node.map((line) => `    ${line}`),
    '   TablesInSelectQuery (children 1)',
    '    TablesInSelectQueryElement (children 1)',
    '     TableExpression (children 1)',
    `      ${table}`,
  ];
}

/** What is said against a tree; the words of the query are harmless, so that the tree alone decides. */
function against(lines: readonly string[], sql = 'SELECT 1'): string | undefined {
  try {
    checkQuery(readQuery(sql), lines, RULES);
    return undefined;
  } catch (error) {
    if (error instanceof TributaryError && error.code === 'query_forbidden') return error.message;
    throw error;
  }
}

describe('the check of what ClickHouse read', () => {
  it('lets columns, functions and tables through that are allowed', () => {
    expect(against(treeOf(['Function count (alias n) (children 1)', ' ExpressionList']))).toBeUndefined();
    expect(against(treeOf(["Literal 'a\\nFunction file' (alias b)"]))).toBeUndefined();
    expect(against(treeOf(['Identifier a b (alias c)'], 'TableIdentifier events (alias e)'))).toBeUndefined();
  });

  it('refuses functions, tables and forms that are not', () => {
    expect(against(treeOf(['Function file (children 1)', ' ExpressionList']))).toMatch('function file');
    expect(against(treeOf(['Function count file (children 1)', ' ExpressionList']))).toMatch('function');
    expect(against(treeOf(['Asterisk'], 'TableIdentifier hidden'))).toMatch('hidden is not to be read');
    expect(against(treeOf(['Asterisk'], 'TableIdentifier events (alias x'))).toMatch('not to be read');
    expect(against(treeOf(['Asterisk'], 'Function count'))).toMatch('Table functions');
    expect(against(treeOf(['Asterisk (children 1)', ' ColumnsApplyTransformer']))).toMatch('APPLY');
    expect(against(treeOf(['SomethingNew']))).toMatch('SomethingNew');
    const set = ['Function in (children 1)', ' ExpressionList (children 2)', '  Identifier a'];
    expect(against(treeOf([...set, '  Identifier hidden']))).toMatch('right of IN');
    expect(against(treeOf([...set, '  Identifier events']))).toBeUndefined();
    expect(
      against(
        treeOf([
          'Function CAST (children 1)',
          ' ExpressionList (children 2)',
          '  Identifier a',
          '  Identifier b',
        ]),
      ),
    ).toMatch('type');
  });

  it('refuses what comes beside the SELECT', () => {
    const [, ...rest] = treeOf(['Asterisk']);
    expect(against(['SelectWithUnionQuery (children 2)', ...rest, ' Identifier CSV'])).toMatch('FORMAT');
    expect(against(['SelectWithUnionQuery (children 2)', ...rest, ' Set'])).toMatch('SETTINGS');
    expect(
      against(['Explain EXPLAIN (children 1)', ...treeOf(['Asterisk']).map((line) => ` ${line}`)]),
    ).toMatch('SELECT');
  });

  it('trusts no tree whose lines do not fit together', () => {
    const tree = treeOf(['Asterisk']);
    expect(against(tree.slice(0, -1))).toMatch('Only SELECT');
    expect(against([...tree, '       Literal 1'])).toMatch('Only SELECT');
    expect(against([...tree.slice(0, 5), ' Literal 1', ...tree.slice(5)])).toMatch('Only SELECT');
    expect(against([])).toMatch('Only SELECT');
  });

  it('knows the names of WITH, and trusts no WITH whose name it does not', () => {
    const tree = [
      'SelectWithUnionQuery (children 1)',
      ' ExpressionList (children 1)',
      '  SelectQuery (children 3)',
      '   ExpressionList (children 1)',
      '    WithElement (children 1)',
      '     Subquery (children 1)',
      ...treeOf(['Asterisk']).map((line) => `      ${line}`),
      '   ExpressionList (children 1)',
      '    Asterisk',
      '   TablesInSelectQuery (children 1)',
      '    TablesInSelectQueryElement (children 1)',
      '     TableExpression (children 1)',
      '      TableIdentifier mine',
    ];
    expect(against(tree, 'WITH mine AS (SELECT * FROM events) SELECT * FROM mine')).toBeUndefined();
    expect(against(tree, 'WITH mine(a) AS (SELECT 1) SELECT 1')).toMatch(/mine/);
    expect(against(tree, 'WITH hidden AS (SELECT 1) SELECT 1')).toMatch('there is a table');
    expect(against(tree, 'WITH `my.own` AS (SELECT 1) SELECT 1')).toMatch('letters');
    expect(against(tree, 'SELECT 1')).toMatch(/mine/);
  });
});

describe('the look at the words', () => {
  it('takes one SELECT, and names its parameters', () => {
    expect(readQuery("SELECT 'a;b''c', `d;e`, {n:UInt8}, {t:Enum8('a' = 1)}").params).toEqual([
      { name: 'n', type: 'UInt8' },
      { name: 't', type: "Enum8('a' = 1)" },
    ]);
    expect(readQuery('(SELECT 1)').params).toEqual([]);
  });

  it.each([
    ['DROP TABLE events', 'Only SELECT'],
    ['', 'Only SELECT'],
    ['SELECT 1; SELECT 2', 'one statement'],
    ["SELECT 'open", 'taken apart'],
    ['SELECT `a\nb`', 'control'],
    ['SELECT `a\\nb`', 'control'],
    ['SELECT `a (children 1)`', 'control'],
    ['SELECT {t:Identifier}', 'not for names'],
    ['SELECT {t : identifier }', 'not for names'],
    ['SELECT {1}', 'no parameter'],
    ["SELECT 1 INTO OUTFILE 'x'", 'OUTFILE'],
    ['SELECT 1 SETTINGS readonly = 0', 'SETTINGS'],
  ])('refuses %s', (sql, why) => {
    expect(() => readQuery(sql)).toThrow(why);
  });

  it('refuses calls that the tree might not show', () => {
    const harmless = treeOf(['Asterisk']);
    expect(against(harmless, 'SELECT count((x) -> file(x)) FROM events')).toMatch('function file');
    expect(against(harmless, 'SELECT * APPLY (x -> 1) FROM events')).toMatch('function APPLY');
    expect(against(harmless, 'SELECT `file` ( 1 )')).toMatch('function file');
    expect(against(harmless, 'SELECT plus(1, 2) IN (1) FROM (SELECT 1)')).toBeUndefined();
  });
});
