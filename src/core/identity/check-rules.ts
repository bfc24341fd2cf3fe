import { Compile } from 'typebox/compile';
import { TributaryError } from '../errors.js';
import { readPath } from './read-path.js';
import type { IdentifierRule, IdentityRules, TraitRule } from './rules.js';
import { IdentityRulesSchema } from './rules.js';

const schema = Compile(IdentityRulesSchema);

/**
 * Reads a document of rules.
 * @throws TributaryError `request_invalid` with a sentence that names the field and the fix.
 */
export function checkRules(value: unknown): IdentityRules {
  if (!schema.Check(value)) {
    const [first] = schema.Errors(value);
    refuse(`rules${(first?.instancePath ?? '').replaceAll('/', '.')}: ${first?.message ?? 'not valid'}.`);
  }
  const rules = value as IdentityRules;
  const kinds = new Set<string>();
  for (const [index, rule] of rules.identifiers.entries())
    checkIdentifier(rule, `rules.identifiers.${index}`, kinds);
  const traits = new Set<string>();
  for (const [index, rule] of (rules.traits ?? []).entries())
    checkTrait(rule, `rules.traits.${index}`, traits);
  return rules;
}

function checkIdentifier(rule: IdentifierRule, at: string, kinds: Set<string>): void {
  const { kind, from, link = 'attach', moves, format, blocked = [] } = rule;
  if (kinds.has(kind))
    refuse(`${at}.kind: ${kind} comes twice. Give each kind once, with all of its paths in from.`);
  if (kind === 'id') refuse(`${at}.kind: id stands for the profile's own id. Give the kind another name.`);
  kinds.add(kind);
  for (const [nth, entry] of from.entries()) {
    const path = typeof entry === 'string' ? entry : entry.path;
    if (readPath(path) === undefined) {
      refuse(
        `${at}.from.${nth}: ${JSON.stringify(path)} is no path. Give userId, anonymousId, groupId, or one below traits, context or properties, ` +
          'such as traits.loyalty.card or context.externalIds[type].',
      );
    }
  }
  if (moves === true && link === 'merge') {
    refuse(
      `${at}.moves: what merges people does not move between them. Leave moves out, or set link to attach.`,
    );
  }
  if (format !== undefined) checkExpression(format, `${at}.format`);
  for (const [nth, entry] of blocked.entries()) {
    const isForm = entry.length > 2 && entry.startsWith('/') && entry.endsWith('/');
    if (isForm) checkExpression(entry.slice(1, -1), `${at}.blocked.${nth}`);
  }
}

function checkTrait({ trait, keep, sources }: TraitRule, at: string, traits: Set<string>): void {
  if (traits.has(trait)) refuse(`${at}.trait: ${trait} comes twice. Give each trait one rule.`);
  traits.add(trait);
  if (keep === 'by_source' && (sources === undefined || sources.length === 0)) {
    refuse(`${at}.sources: by_source needs the ids of the sources, best first.`);
  }
}

/** A group with a repetition in it that is itself repeated: such take time without end on values made for it. */
const REPEATED_REPETITION = /\([^)]*[+*{][^)]*\)[+*{]/;

function checkExpression(text: string, at: string): void {
  try {
    new RegExp(`^(?:${text})$`, 'u');
  } catch (error) {
    refuse(`${at}: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (REPEATED_REPETITION.test(text)) {
    refuse(`${at}: a repetition inside a repeated group can take for ever. Write it without the inner one.`);
  }
}

function refuse(message: string): never {
  throw new TributaryError('request_invalid', message);
}
