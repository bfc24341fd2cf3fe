import { closestPhrase } from './closest-phrase.js';
import { lex, type Token } from './lexer.js';
import { refuseText } from './refuse-text.js';

/** Conditions inside each other, in parentheses or after `not`: more than definitions may have, few enough for the stack. */
const NESTING_MAX = 200;
/** Characters of what was found that a message shows. */
const SHOWN_CHARS_MAX = 40;
const END = 'the end';

/**
 * A place between the tokens of a text, which moves forward. It remembers which phrases were looked for since it last moved, so
 * that a failure can say what might have stood there. A phrase is words or symbols, such as `in the last`, in any case.
 */
export class Cursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #wanted = new Set<string>();

  constructor(text: string) {
    this.#text = text;
    this.#tokens = lex(text);
  }

  /** The token at the place, or some further on. */
  peek(ahead = 0): Token {
    // Invariant: the last token is `end`, and nothing moves beyond it.
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  /** Whether a phrase stands here and, if wanted, a token of some kind after it. */
  at(phrase: string, followedBy?: Token['kind']): boolean {
    this.#wanted.add(phrase);
    const words = phrase.split(' ');
    return (
      words.every((word, ahead) => isKeyword(this.peek(ahead), word)) &&
      (followedBy === undefined || this.peek(words.length).kind === followedBy)
    );
  }

  /** Moves over a phrase if it stands here. */
  take(phrase: string, followedBy?: Token['kind']): boolean {
    const here = this.at(phrase, followedBy);
    if (here) this.#move(phrase.split(' ').length);
    return here;
  }

  /** The key of the first of these phrases that stands here, after moving over it. */
  takeOneOf<Key extends string>(
    phrases: Readonly<Record<Key, string>>,
    followedBy?: Token['kind'],
  ): Key | undefined {
    return (Object.keys(phrases) as Key[]).find((key) => this.take(phrases[key], followedBy));
  }

  /** Moves over a phrase that must stand here. */
  expect(phrase: string): void {
    if (!this.take(phrase)) this.fail();
  }

  /** Moves over a token of a kind that must stand here. @param what it is, with an example, for the message. */
  expectKind(kind: Token['kind'], what: string, fix?: string): string {
    const { kind: found, value } = this.peek();
    if (found !== kind) this.fail(what, fix);
    this.#move(1);
    return value;
  }

  /**
   * Refuses the text for what stands here.
   * @param what was expected; by default the phrases that were looked for.
   * @param fix one for this mistake, after what was probably meant.
   */
  fail(what?: string, fix?: string): never {
    const { raw, kind, start } = this.peek();
    const phrases = [...this.#wanted];
    const found = raw.length > SHOWN_CHARS_MAX ? `${raw.slice(0, SHOWN_CHARS_MAX)}…` : raw;
    const meant = kind === 'word' ? closestPhrase(raw, phrases) : undefined;
    const sentences = [
      `found ${kind === 'end' ? END : quoted(found)}, expected ${what ?? listed(phrases)}.`,
      ...(meant === undefined || meant === raw ? [] : [`Did you mean ${quoted(meant)}?`]),
      ...(fix === undefined ? [] : [fix]),
    ];
    refuseText(this.#text, start, sentences.join(' '));
  }

  /** Reads something that may hold its like, which a text can nest without end, and a stack cannot. */
  nested<T>(read: () => T): T {
    if (this.#depth === NESTING_MAX)
      refuseText(
        this.#text,
        this.peek().start,
        `conditions stand in each other more than ${NESTING_MAX} deep.`,
      );
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** The text must be over. */
  end(): void {
    this.#wanted.add(END);
    if (this.peek().kind !== 'end') this.fail();
  }

  #move(count: number): void {
    this.#next += count;
    this.#wanted = new Set();
  }
}

function isKeyword({ kind, raw }: Token, word: string): boolean {
  return (kind === 'word' || kind === 'symbol') && raw.toLowerCase() === word;
}

function listed(phrases: readonly string[]): string {
  const shown = phrases.map((phrase) => (phrase === END ? END : quoted(phrase)));
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} or ${last}`;
}

function quoted(written: string): string {
  return `\`${written}\``;
}
