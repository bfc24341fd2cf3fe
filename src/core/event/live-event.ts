/** An event as the live stream shows it. */
export interface LiveEvent {
  readonly offset: number;
  readonly verdict: string;
  /** Why it was refused, for people. */
  readonly message: string | null;
  readonly sourceId: string;
  readonly profileId: string | null;
  /** Given by the client, or made for it; null where it has none that can be read. */
  readonly messageId: string | null;
  readonly type: string | null;
  readonly receivedAt: number;
  readonly event: unknown;
}
