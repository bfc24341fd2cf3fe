/** Somebody, as far as a name can be found for them. */
export interface NamedPerson {
  readonly id: string;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly identifiers: ReadonlyArray<{ readonly kind: string; readonly value: string }>;
}

/** Stands in answers in place of what the user may not see. */
export const MASK = '•••';

/** What to call somebody: the name, else the best identifier, else a part of the id. What is masked names nobody. */
export function nameOf({ id, traits, identifiers }: NamedPerson): string {
  const name =
    text(traits.name) ?? joined([traits.firstName ?? traits.first_name, traits.lastName ?? traits.last_name]);
  if (name !== undefined) return name;
  const known = ['email', 'user_id', 'phone'].flatMap((kind) =>
    identifiers.filter((one) => one.kind === kind),
  );
  return text(known[0]?.value) ?? `Visitor ${id.slice(0, 8)}`;
}

/** Up to two letters for a picture. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

/** A value of a trait on one line; of an object each part by its name. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, part]) => `${name}: ${shown(part)}`)
    .join(' · ');
}

function joined(parts: readonly unknown[]): string | undefined {
  const words = parts.flatMap((part) => text(part) ?? []);
  return words.length === 0 ? undefined : words.join(' ');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== MASK ? value : undefined;
}
