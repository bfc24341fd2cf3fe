/** One statement about people, in the two forms in which sentences need it. */
export interface Clause {
  /** After "people": `who did “Login”`. */
  readonly relative: string;
  /** On its own: `they did “Login”`. */
  readonly main: string;
}

/** What people do or are. */
export function they(predicate: string): Clause {
  return { relative: `who ${predicate}`, main: `they ${predicate}` };
}

/** What something of theirs is. */
export function their(thing: string): Clause {
  return { relative: `whose ${thing}`, main: `their ${thing}` };
}

/** That a statement is not true, where turning its verb around would be harder to understand. */
export function notSo({ main }: Clause): Clause {
  return { relative: `for whom it is not so that ${main}`, main: `it is not so that ${main}` };
}
