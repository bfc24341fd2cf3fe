// What `@segment/destination-subscriptions` needs of `@segment/fql-ts`: `lex`, and the names of the tokens.

const types = {
  Err: 'err',
  Ident: 'ident',
  Dot: 'dot',
  Operator: 'operator',
  Conditional: 'conditional',
  String: 'string',
  Number: 'number',
  Null: 'null',
  BrackLeft: 'brackleft',
  BrackRight: 'brackright',
  ParenLeft: 'parenleft',
  ParenRight: 'parenright',
  Comma: 'comma',
  EOS: 'eos',
};

/** In the order in which they are tried. */
const FORMS = [
  [/\s+/y, undefined],
  [/"(?:[^"\\]|\\.)*"/y, types.String],
  [/-?\d+(?:\.\d+)?(?![\w-])/y, types.Number],
  [/(?:and|or)\b/iy, types.Conditional],
  [/null\b/y, types.Null],
  [/(?:[A-Za-z0-9_-]|\\.)+/y, types.Ident],
  [/!=|>=|<=|==|[=<>!]/y, types.Operator],
  [/\./y, types.Dot],
  [/,/y, types.Comma],
  [/\(/y, types.ParenLeft],
  [/\)/y, types.ParenRight],
  [/\[/y, types.BrackLeft],
  [/\]/y, types.BrackRight],
];

/** The tokens of an expression; with `error` where it cannot be read to its end. */
function lex(code) {
  const tokens = [];
  let at = 0;
  while (at < code.length) {
    const found = match(code, at);
    if (found === undefined) return { tokens, error: new Error(`unexpected "${code[at]}" at ${at}`) };
    at += found.text.length;
    if (found.type !== undefined) tokens.push({ type: found.type, value: found.text });
  }
  tokens.push({ type: types.EOS, value: 'eos' });
  return { tokens };
}

function match(code, at) {
  for (const [form, type] of FORMS) {
    form.lastIndex = at;
    const text = form.exec(code)?.[0];
    if (text !== undefined) return { type, text: type === types.Conditional ? text.toLowerCase() : text };
  }
  return undefined;
}

module.exports = { lex, types };
