/** The words of a statement as ClickHouse itself prints it (`formatQuery`): without comments, and with texts in plain quotes. */

/** One word, and what kind it is. Of a quoted name or a text: what is between the quotes, escapes as they are. */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'symbol' | 'parameter';
  readonly text: string;
}

const TOKEN =
  /\s+|([A-Za-z_][\w$]*|\d[\w.]*)|`((?:[^`\\]|\\.|``)*)`|"((?:[^"\\]|\\.|"")*)"|'((?:[^'\\]|\\.|'')*)'|\{([^{}]*)\}|([^\w\s`"'{}])/gsy;

/** Cuts a statement into its words; undefined when there is something that is none. */
export function sqlTokens(sql: string): SqlToken[] | undefined {
  const tokens: SqlToken[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < sql.length) {
    const match = TOKEN.exec(sql);
    if (match === null) return undefined;
    const [, word, back, double, text, parameter, symbol] = match;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (back !== undefined || double !== undefined)
      tokens.push({ kind: 'name', text: back ?? double ?? '' });
    else if (text !== undefined) tokens.push({ kind: 'text', text });
    else if (parameter !== undefined) tokens.push({ kind: 'parameter', text: parameter });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
  }
  return tokens;
}
