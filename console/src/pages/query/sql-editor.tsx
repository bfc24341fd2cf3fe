import classes from './sql-editor.module.css';

const KEYWORDS =
  /^(select|from|where|group|by|order|limit|having|with|as|and|or|not|in|join|left|inner|on|asc|desc|distinct|union|all|case|when|then|else|end|between|like|ilike|is|null|prewhere|array|final|offset|interval|using|over|partition)$/i;
const TOKENS = /(--[^\n]*|\/\*[\s\S]*?\*\/)|('(?:[^'\\]|\\.|'')*'?)|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)/g;

/** Writes SQL. Ctrl+Enter asks. The colours lie behind the text, which stays a plain field for keyboards and screen readers. */
export function SqlEditor({
  sql,
  onChange,
  onRun,
}: {
  readonly sql: string;
  readonly onChange: (sql: string) => void;
  readonly onRun: () => void;
}) {
  return (
    <div className={classes.frame}>
      <pre className={classes.colours} aria-hidden>
        {coloured(sql)}
        {'\n '}
      </pre>
      <textarea
        className={classes.field}
        aria-label="SQL"
        spellCheck={false}
        autoCapitalize="off"
        value={sql}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onRun();
        }}
      />
    </div>
  );
}

function coloured(sql: string) {
  const parts: React.ReactNode[] = [];
  let end = 0;
  for (const match of sql.matchAll(TOKENS)) {
    const [token, comment, text, number, word] = match;
    const kind =
      comment !== undefined
        ? 'comment'
        : text !== undefined
          ? 'text'
          : number !== undefined
            ? 'number'
            : KEYWORDS.test(word ?? '')
              ? 'keyword'
              : undefined;
    if (kind === undefined) continue;
    parts.push(sql.slice(end, match.index));
    parts.push(
      <span key={match.index} data-kind={kind}>
        {token}
      </span>,
    );
    end = match.index + token.length;
  }
  return [...parts, sql.slice(end)];
}
