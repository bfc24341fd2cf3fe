/** Operators of a simulated run: they join and part people at random, block an address, end a quarantine and change rules of identity and consent now and then. */
import type { Pool } from 'pg';
import type { ConsentRules } from '../../src/core/consent/consent-rules.js';
import type { Random } from '../../src/core/demo/random.js';
import type { Identifier } from '../../src/core/identity/identifier.js';
import type { IdentityRules } from '../../src/core/identity/rules.js';
import { DEFAULT_RULES } from '../../src/core/identity/rules.js';

/** Asks for something, as the admin API does. */
export async function askForSomething(pool: Pool, random: Random): Promise<void> {
  const [a, b] = [someone(random), someone(random)];
  const roll = random.int(1, 100);
  if (roll <= 10) await ask(pool, 'release', (await quarantined(pool)) ?? a);
  else if (roll <= 20) await ask(pool, 'block', address(random));
  else if (roll <= 30)
    await ask(pool, 'apply_rules', { rules: random.pick([DEFAULT_RULES, STRICT_RULES, STRICT_RULES]) });
  else if (roll <= 40) await ask(pool, 'apply_consent_rules', { rules: random.pick(CONSENT_RULES) });
  else if (roll <= 70) await askForMerge(pool, a, b);
  else await askForUnmerge(pool, a, b);
}

/** Asks to join the people of two names. */
export async function askForMerge(pool: Pool, a: Identifier, b: Identifier): Promise<void> {
  await ask(pool, 'merge', { a, b });
}

/** Asks to take two names apart, and to undo that they were joined by hand. */
export async function askForUnmerge(pool: Pool, a: Identifier, b: Identifier): Promise<void> {
  await ask(pool, 'unmerge', { pairs: [[a, b]], joins: await joinsOf(pool, a, b) });
}

async function ask(pool: Pool, kind: string, body: object): Promise<void> {
  await pool.query("INSERT INTO identity_operation (kind, body, actor) VALUES ($1, $2, 'simulated')", [
    ...[kind, JSON.stringify(body)],
  ]);
}

async function joinsOf(pool: Pool, a: Identifier, b: Identifier): Promise<number[]> {
  const { rows } = await pool.query<{ operation_id: number }>(
    `SELECT operation_id FROM identity_join WHERE (a_kind, a_value, b_kind, b_value) IN (($1, $2, $3, $4), ($3, $4, $1, $2))`,
    [a.kind, a.value, b.kind, b.value],
  );
  return rows.map((row) => row.operation_id);
}

/** Under these, limits are hit and values are quarantined all the time. */
const STRICT_RULES: IdentityRules = {
  ...DEFAULT_RULES,
  identifiers: DEFAULT_RULES.identifiers.map((rule) =>
    rule.kind === 'anonymous_id'
      ? { ...rule, limit: { count: 2, days: 7 }, peopleMax: 3 }
      : rule.unique
        ? rule
        : { ...rule, limit: { count: 2 }, peopleMax: 2 },
  ),
  email: { ignoreDots: ['gmail.com'], ignorePlus: ['gmail.com', 'shop.example'] },
};
/** Events of the simulation say `ads`: so it means something else in each. */
const CONSENT_RULES: readonly ConsentRules[] = [
  { purposes: {} },
  { purposes: { offers: { categories: ['ads'] } } },
  { purposes: { ads: { categories: ['never said'] }, mail: { categories: ['ads'] } } },
];

async function quarantined(pool: Pool): Promise<Identifier | undefined> {
  const { rows } = await pool.query<Identifier>(
    "SELECT kind, value FROM identifier WHERE mark LIKE '%quarantinedAt%' ORDER BY md5(kind || value) LIMIT 1",
  );
  return rows[0];
}

function someone(random: Random): Identifier {
  return random.pick([
    () => ({ kind: 'user_id', value: `user-${random.int(1, 6)}` }),
    () => ({ kind: 'anonymous_id', value: `device-${random.int(1, 9)}` }),
    () => address(random),
  ])();
}

function address(random: Random): Identifier {
  return { kind: 'email', value: `mail-${random.int(1, 5)}@shop.example` };
}
