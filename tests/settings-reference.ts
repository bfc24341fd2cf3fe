import { SETTINGS } from '../src/config.js';

type Kind = (typeof SETTINGS)[keyof typeof SETTINGS]['kind'];

interface Row {
  readonly env: string;
  readonly kind: Kind;
  readonly standard: string | undefined;
  readonly min?: number;
  readonly max?: number;
  readonly doc: string;
}

const FORMS: Readonly<Record<Kind, string>> = {
  text: 'text',
  url: 'address',
  integer: 'whole number',
  bytes: 'size',
  list: 'list',
};

const HEAD = `<!-- Written by \`npm run docs\` from SETTINGS in src/config.ts. Change it there. -->
# Settings

Tributary reads its settings from environment variables when it starts. Without any of them it runs on its own, with
embedded engines and all its data under \`./data\`. A value of the wrong form, one out of bounds, and a \`TRIBUTARY_\` variable
that does not exist each stop the start with a sentence that names the variable. An empty value counts as not set.

A size is a number of bytes, or a number with \`KB\`, \`MB\`, \`GB\` or \`TB\` (powers of 1024). A list is separated by commas.

| variable | form | default | meaning |
|---|---|---|---|
`;

/** The page of all settings, as Markdown. */
export function settingsReference(settings: Readonly<Record<string, Row>> = SETTINGS): string {
  return `${HEAD}${Object.values(settings).map(row).join('\n')}\n`;
}

function row({ env, kind, standard, min, max, doc }: Row): string {
  const bounds = [
    min === undefined ? '' : `from ${amount(kind, min)}`,
    max === undefined ? '' : `to ${amount(kind, max)}`,
  ];
  const form = [FORMS[kind], ...bounds].filter((part) => part !== '').join(' ');
  const cells = [
    `\`${env}\``,
    form,
    standard === undefined ? '' : `\`${standard}\``,
    doc.replaceAll('|', '\\|'),
  ];
  return `| ${cells.join(' | ')} |`;
}

function amount(kind: Kind, value: number): string {
  const units = ['', 'KB', 'MB', 'GB'];
  let [rest, unit] = [value, 0];
  while (kind === 'bytes' && rest >= 1024 && rest % 1024 === 0 && unit < units.length - 1)
    [rest, unit] = [rest / 1024, unit + 1];
  return `${rest}${units[unit]}`;
}
