/**
 * Tells whether an SPDX licence expression can be satisfied by the allowed licences alone: `OR` needs one side, `AND`
 * both; `X WITH exception` counts as `X`, since exceptions only grant more. An expression that cannot be read is refused.
 */
export function isAllowed(expression: string, allowed: ReadonlySet<string>): boolean {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let next = 0;
  const any = (): boolean => {
    let holds = all();
    while (tokens[next]?.toUpperCase() === 'OR') {
      next += 1;
      holds = all() || holds;
    }
    return holds;
  };
  const all = (): boolean => {
    let holds = one();
    while (tokens[next]?.toUpperCase() === 'AND') {
      next += 1;
      holds = one() && holds;
    }
    return holds;
  };
  const one = (): boolean => {
    const token = tokens[next] ?? '';
    next += 1;
    if (token === '(') {
      const holds = any();
      const closed = tokens[next] === ')';
      next += 1;
      return holds && closed;
    }
    if (tokens[next]?.toUpperCase() === 'WITH') next += 2;
    return allowed.has(token);
  };
  return any() && next === tokens.length;
}
