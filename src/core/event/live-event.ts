/** An event as the live stream shows it. */
export interface LiveEvent {
  readonly offset: number;
  readonly verdict: string;
  readonly sourceId: string;
  readonly profileId: string | null;
  readonly receivedAt: number;
  readonly event: unknown;
}
