/** Names of files and objects that batches of rows are written to. */

/** What a pattern may hold, in braces. */
const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'date', 'batch'] as const;

/** Of a whole name. Object stores take 1,024. */
const NAME_BYTES_MAX = 800;

/** @returns a sentence that says what is wrong with a pattern, if anything is. */
export function patternFault(pattern: string): string | undefined {
  const unknown = [...pattern.matchAll(/\{([^}]*)\}/g)].find(
    ([, name]) => !PARTS.some((part) => part === name),
  );
  if (unknown !== undefined)
    return `There is no ${unknown[0]}; there are ${PARTS.map((part) => `{${part}}`).join(', ')}.`;
  if (!pattern.includes('{batch}')) return 'It needs {batch}, or one batch would write over another.';
  return folderFault(pattern);
}

/** @returns a sentence that says why a path leads out of where it belongs, if it does. */
export function folderFault(path: string): string | undefined {
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'It must be names with single slashes between them, and no "." or "..".';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that no name may hold.
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return 'It holds a backslash or a control character.';
  if (new TextEncoder().encode(path).length > NAME_BYTES_MAX)
    return `It is longer than ${NAME_BYTES_MAX} bytes.`;
  return undefined;
}

/** The name of a batch: the same for the same batch, whenever it is written. @param at milliseconds since 1970 UTC. */
export function objectName(pattern: string, at: number, batch: string): string {
  const [year = '', month = '', day = '', hour = '', minute = ''] = new Date(at)
    .toISOString()
    .split(/[-T:.]/);
  const parts = { year, month, day, hour, minute, date: `${year}-${month}-${day}`, batch };
  return pattern.replace(/\{(\w+)\}/g, (text, name: string) =>
    Object.hasOwn(parts, name) ? parts[name as keyof typeof parts] : text,
  );
}
