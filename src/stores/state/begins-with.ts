/** The pattern of LIKE for texts that begin with this one. */
export function beginsWith(text: string): string {
  return `${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
