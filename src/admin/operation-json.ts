import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import type { ErrorCode } from '../core/errors.js';
import { ERRORS, TributaryError } from '../core/errors.js';
import type { OperationRecord } from '../stores/state/identity-operations.js';
import { addOperation, awaitOperation } from '../stores/state/identity-operations.js';
import type { AdminParts } from './admin-parts.js';
import { moment } from './profile-json.js';
import { Moment, PersonalText } from './schemas.js';

/** How long a request waits for what it asked for, before it is answered that it goes on. */
const WAIT_MS_MAX = 10_000;

/** An operation as the API gives it. */
export const OperationSchema = Type.Object({
  id: Type.Integer(),
  kind: Type.String({
    description: 'merge, unmerge, block, release, apply_rules, rebuild or apply_consent_rules.',
  }),
  body: personal(Type.Unknown({ description: 'What was asked for.' })),
  actor: Type.String({ description: 'Who asked for it.' }),
  status: Type.String({ description: 'pending, running, done or failed.' }),
  progress: Type.Unknown({ description: 'How far it is: done of total.' }),
  offset: Type.Union([Type.Integer(), Type.Null()], {
    description: 'The place in the log at which it took effect.',
  }),
  result: personal(Type.Unknown()),
  error: Type.Union([Type.Object({ code: Type.String(), message: PersonalText }), Type.Null()]),
  createdAt: Moment,
  endedAt: Type.Union([Moment, Type.Null()]),
});

/** Prints an operation. */
export function operationJson({ createdAt, endedAt, ...operation }: OperationRecord) {
  return { ...operation, createdAt: moment(createdAt), endedAt: endedAt === null ? null : moment(endedAt) };
}

/**
 * Asks the consumer for something, and waits for it a while.
 * @returns the operation, with the status of the answer: 200 when it is done, 202 while it goes on.
 * @throws TributaryError when it failed, by its code.
 */
export async function carryOut(
  kind: string,
  body: unknown,
  actor: string,
  { pool, operationAdded }: AdminParts,
): Promise<{ status: 200 | 202; operation: ReturnType<typeof operationJson> }> {
  const { id } = await addOperation(pool, { kind, body, actor });
  operationAdded();
  const operation = await awaitOperation(pool, id, WAIT_MS_MAX);
  if (operation.error !== null) {
    const { code, message } = operation.error;
    throw new TributaryError(code in ERRORS ? (code as ErrorCode) : 'internal', message);
  }
  return { status: operation.status === 'done' ? 200 : 202, operation: operationJson(operation) };
}
