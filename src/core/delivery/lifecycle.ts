/**
 * The life of a delivery.
 *
 * It begins `pending`, in the transaction of the batch that decided it, and ends in exactly one of four ways. `delivered`: the tool took it.
 * `filtered`: it may not, or need not, be sent any more; the reason is one of `FILTER_REASONS`. `dead`: the tool will never take it, or did not
 * in all the time that it was given; it lies among the dead letters until somebody asks for it again, which makes it `pending` once more, or
 * until its time there is over: then it is `dropped`. While it is pending it may fail any number of times.
 *
 * Who holds a delivery in memory to send it changes nothing here: a crash forgets it, and it is still pending. So a tool may get it again, always
 * with the same key and body. A process that lost its lease may still learn that one was delivered after another had given it up: what the tool
 * took is delivered, so that the books tell what happened.
 */

/** Where a delivery can be. */
export type DeliveryStatus = 'pending' | 'delivered' | 'filtered' | 'dead' | 'dropped';

/** What can happen to it. */
export type Happening =
  /** The tool took it. */
  | 'taken'
  /** It may not or need not be sent. */
  | 'excluded'
  /** An attempt failed, and there will be another. */
  | 'failed'
  /** No attempt can succeed, or the time for them is over. */
  | 'given_up'
  /** Somebody asked for it again. */
  | 'asked_again'
  /** Its time among the dead letters is over. */
  | 'expired';

/** What follows from what; whatever is not here changes nothing. */
export const TRANSITIONS: Readonly<
  Record<DeliveryStatus, Readonly<Partial<Record<Happening, DeliveryStatus>>>>
> = {
  pending: { taken: 'delivered', excluded: 'filtered', failed: 'pending', given_up: 'dead' },
  dead: { taken: 'delivered', asked_again: 'pending', expired: 'dropped' },
  delivered: {},
  filtered: {},
  dropped: {},
};

/** Where a delivery is after something happened to it. */
export function after(status: DeliveryStatus, happening: Happening): DeliveryStatus {
  return TRANSITIONS[status][happening] ?? status;
}
