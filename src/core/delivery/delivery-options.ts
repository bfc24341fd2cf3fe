/** How a destination is sent to: what its tool bears, and how long to try. Each has a default; a destination's row holds those that differ. */
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { TributaryError } from '../errors.js';
import { explainFault } from '../import/explain-fault.js';
import type { JsonValue } from '../json.js';

/** The options as the API takes them. */
export const DeliveryOptionsSchema = Type.Object(
  {
    ratePerSecond: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 100_000,
        description: 'Most calls a second. Default: no limit.',
      }),
    ),
    concurrency: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 256, description: 'Calls at one time. Default: 16.' }),
    ),
    batchItemsMax: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description:
          'Items of one call, where the action takes many. Default, and at most: what the action takes.',
      }),
    ),
    batchWaitMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 60_000,
        description: 'How long a batch that is not full waits for more. Default: 200.',
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 300_000,
        description: 'After which a call without an answer has failed. Default: 10,000.',
      }),
    ),
    giveUpAfterHours: Type.Optional(
      Type.Number({
        minimum: 0.01,
        maximum: 24 * 30,
        description: 'After which a delivery that keeps failing goes to the dead letters. Default: 24.',
      }),
    ),
    deadDays: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 365,
        description: 'For which dead letters are kept. Default: 30.',
      }),
    ),
    backlogMax: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000_000,
        description:
          'Deliveries that may wait; further ones are filtered as `backlog_full`. Default: 5,000,000.',
      }),
    ),
    ordered: Type.Optional(
      Type.Boolean({
        description:
          'Whether each person’s deliveries go one after the other. Default: what the action says.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'How the destination is sent to; what is left out has its default.',
  },
);

/** Options that were checked; what is missing has its default. */
export type GivenDeliveryOptions = Static<typeof DeliveryOptionsSchema>;

/** All of them. Where undefined there is no limit, or the action decides. */
export interface DeliveryOptions {
  readonly ratePerSecond: number | undefined;
  readonly concurrency: number;
  readonly batchItemsMax: number | undefined;
  readonly batchWaitMs: number;
  readonly timeoutMs: number;
  readonly giveUpAfterMs: number;
  readonly deadDays: number;
  readonly backlogMax: number;
  readonly ordered: boolean | undefined;
}

const HOUR_MS = 60 * 60 * 1000;

/**
 * Reads options from JSON.
 * @throws TributaryError `definition_invalid`, naming the path and the fix.
 */
export function readDeliveryOptions(given: JsonValue): DeliveryOptions {
  const fault = explainFault(DeliveryOptionsSchema, given, 'delivery');
  if (fault !== undefined) throw new TributaryError('definition_invalid', fault);
  const options = given as GivenDeliveryOptions;
  return {
    ratePerSecond: options.ratePerSecond,
    concurrency: options.concurrency ?? 16,
    batchItemsMax: options.batchItemsMax,
    batchWaitMs: options.batchWaitMs ?? 200,
    timeoutMs: options.timeoutMs ?? 10_000,
    giveUpAfterMs: (options.giveUpAfterHours ?? 24) * HOUR_MS,
    deadDays: options.deadDays ?? 30,
    backlogMax: options.backlogMax ?? 5_000_000,
    ordered: options.ordered,
  };
}
