/** Which deliveries are asked for; the address of the page holds it. */
export const STATUSES = ['pending', 'retried', 'dead', 'delivered', 'filtered'] as const;

/** Where a delivery can be seen to be. */
export type Status = (typeof STATUSES)[number];

/** See the head of the file. */
export interface DeliveryFilter {
  readonly status?: Status | undefined;
  readonly destination?: string | undefined;
  readonly connection?: string | undefined;
  readonly profile?: string | undefined;
  readonly messageId?: string | undefined;
  readonly segment?: string | undefined;
  readonly reason?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const TEXTS = [
  'destination',
  'connection',
  'profile',
  'messageId',
  'segment',
  'reason',
  'from',
  'to',
] as const;

/** Reads a filter from an address. */
export function readFilter(search: Record<string, unknown>): DeliveryFilter {
  const status = STATUSES.find((one) => one === search.status);
  const texts = TEXTS.flatMap((name) => {
    const value = search[name];
    return typeof value === 'string' && value !== '' ? [[name, value]] : [];
  });
  return { ...(status === undefined ? {} : { status }), ...Object.fromEntries(texts) } as DeliveryFilter;
}

/** The same without what is not set, as the API takes it. */
export function asQuery(filter: DeliveryFilter) {
  return Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''),
  ) as { [Name in keyof DeliveryFilter]: NonNullable<DeliveryFilter[Name]> };
}
