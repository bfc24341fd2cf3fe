import type { NaivePerson, NaiveWorld } from './naive/naive-person.js';

/** What two evaluations differ on, as text: the definition, the person, and all that it refers to. */
export function difference(node: unknown, person: NaivePerson, now: number, world: NaiveWorld): string {
  const { events, ...rest } = person;
  const told = events.map(({ offset, timestamp, type, name, groupId, properties, traits, context }) =>
    show({ offset, at: new Date(timestamp).toISOString(), type, name, groupId, properties, traits, context }),
  );
  return `at ${new Date(now).toISOString()}\n${show(node)}\nof ${show(rest)}\nin ${show(world)}\n${told.join('\n')}`;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Map ? Object.fromEntries(part) : part));
}
