/**
 * The pipeline: from chunks of the log to what a batch changes, in one readable line of steps.
 *
 *     decode and check -> dedupe -> enrich -> identify and fold
 *
 * Nothing is written here. The outcome goes to the event store and the state store, in that order, by the consumer.
 */

import { isCrawler } from '../core/enrich/bot.js';
import type { Enrichment } from '../core/enrich/enrichment.js';
import type { Rejection } from '../core/errors.js';
import type { Event } from '../core/event/event.js';
import { NOBODY } from '../core/identity/resolve.js';
import type { QualityTally } from '../core/quality/quality-tally.js';
import type { Chunk } from '../log/log.js';
import type { PrintedEvent } from '../stores/events/event-store.js';
import type { Accounts } from './accounts.js';
import type { People } from './people.js';
import type { SeenIds } from './seen-ids.js';
import type { Item } from './steps/decode.js';
import { decode } from './steps/decode.js';
import type { Fresh } from './steps/dedupe.js';
import { dedupe } from './steps/dedupe.js';

/** Events after which the stores' answers on the batch before are taken up: else they would wait for the whole batch. */
const EVENTS_AT_A_STRETCH = 1_000;

/** What the steps lean on. */
export interface PipelineTools {
  readonly enrich: (event: Event) => Enrichment;
  readonly people: People;
  readonly accounts: Accounts;
  readonly quality: QualityTally;
  readonly seen: SeenIds;
  readonly eventBytesMax: number;
}

/** The one verdict on each event. */
export type Verdict =
  | {
      readonly kind: 'processed';
      readonly item: Item;
      readonly profileId: string;
      readonly row: PrintedEvent;
    }
  | { readonly kind: 'duplicate'; readonly item: Item }
  | { readonly kind: 'rejected'; readonly item: Item; readonly rejection: Rejection };

/** An event that a step cannot take although the check let it pass: it goes to the quarantine, and the batch starts over. */
export class PoisonedEvent extends Error {
  override readonly name = 'PoisonedEvent';
  constructor(
    readonly offset: number,
    cause: unknown,
  ) {
    super(`Processing failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Runs chunks through all steps: a verdict for every event, in order. */
export async function runPipeline(
  chunks: readonly Chunk[],
  poisoned: ReadonlyMap<number, string>,
  tools: PipelineTools,
): Promise<Verdict[]> {
  const { people, accounts, seen, eventBytesMax } = tools;
  const { verdicts, fresh } = await dedupe(
    decode(chunks, poisoned, eventBytesMax, (event) => people.identifies(event)),
    seen,
  );
  const events = fresh.map(({ event }) => event);
  await Promise.all([people.load(events), accounts.load(events)]);
  for (const one of fresh) {
    verdicts[one.index] = guarded(one, () => place(one, tools));
    if (one.index % EVENTS_AT_A_STRETCH === 0) await new Promise(setImmediate);
  }
  tally(verdicts, tools);
  return verdicts;
}

function place(fresh: Fresh, { enrich, people, accounts }: PipelineTools): Verdict {
  const { item, event } = fresh;
  const enrichment = enrich(event);
  // Crawlers are no people.
  const profileId = enrichment.bot && isCrawler(userAgentOf(event)) ? NOBODY : people.place(event);
  accounts.fold(event);
  return { kind: 'processed', item, profileId, row: { event, enrichment, profileId } };
}

function tally(verdicts: readonly Verdict[], { people, quality }: PipelineTools): void {
  for (const verdict of verdicts) {
    const { sourceId, receivedAt } = verdict.item.record;
    if (verdict.kind === 'processed') {
      const { event } = verdict.row;
      const { identifiers, faults } = people.givenBy(event);
      const undecodable = people.consentIn(event).faults;
      quality.seen(event, identifiers, { identifiers: faults, undecodable }, verdict.profileId === NOBODY);
    } else if (verdict.kind === 'duplicate') quality.duplicate(sourceId, receivedAt);
    else quality.rejected(sourceId, receivedAt);
  }
}

function userAgentOf({ context: { userAgent } }: Event): string {
  return typeof userAgent === 'string' ? userAgent : '';
}

/** Names the event that a step failed on. */
function guarded({ event }: Fresh, step: () => Verdict): Verdict {
  try {
    return step();
  } catch (error) {
    throw new PoisonedEvent(event.offset, error);
  }
}
