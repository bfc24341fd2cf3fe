/** Headers of a column of codes, in small letters. */
const HEADERS = new Set(['code', 'codes', 'coupon', 'coupon_code', 'coupon code', 'voucher']);

/** The codes of a text, one a line: of CSV the first column, its header left out. Empty lines are kept, so that places are lines. */
export function readCodes(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  const codes = lines.map(firstCell);
  return HEADERS.has(codes[0]?.toLowerCase() ?? '') ? ['', ...codes.slice(1)] : codes;
}

function firstCell(line: string): string {
  const quoted = /^\s*"((?:[^"]|"")*)"/.exec(line);
  if (quoted) return (quoted[1] ?? '').replaceAll('""', '"').trim();
  return (/^[^,;\t]*/.exec(line)?.[0] ?? '').trim();
}
