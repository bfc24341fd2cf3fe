import type { TrueEvent } from './true-world.js';

/** The baseline: whatever shares any value is one person. By the offset of each event, the name of its group. */
export function unionEverything(world: readonly TrueEvent[]): Map<number, string> {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    const parent = parents.get(name);
    if (parent === undefined) return name;
    const root = rootOf(parent);
    parents.set(name, root);
    return root;
  };
  const namesOf = ({ event }: TrueEvent): string[] => {
    const { userId, anonymousId, previousId, traits, context } = event;
    const carried = (context.traits ?? {}) as Record<string, unknown>;
    const email = traits.email ?? carried.email;
    const phone = traits.phone ?? carried.phone;
    return [
      ...(userId === '' ? [] : [`u ${userId}`]),
      ...(anonymousId === '' ? [] : [`a ${anonymousId}`]),
      ...(previousId === '' ? [] : [`u ${previousId}`]),
      ...(typeof email === 'string' ? [`e ${email.toLowerCase()}`] : []),
      ...(typeof phone === 'string' ? [`p ${phone.replace(/\D/g, '')}`] : []),
    ];
  };
  for (const one of world) {
    const [first = '', ...others] = namesOf(one);
    for (const other of others) {
      const [a, b] = [rootOf(first), rootOf(other)];
      if (a !== b) parents.set(b, a);
    }
  }
  return new Map(world.map((one) => [one.event.offset, rootOf(namesOf(one)[0] ?? '')]));
}
