/** What all lists of the API answer. */
interface PageOf<Row> {
  readonly data: readonly Row[];
  readonly nextCursor: string | null;
}

/** The rows so far of a list that is read page by page, for `DataTable`. */
export interface Pages<Row> {
  readonly rows: readonly Row[] | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
  readonly more: { readonly has: boolean; readonly isLoading: boolean; readonly load: () => void };
}

/** Options of `api.useInfiniteQuery` for any list of the API: `api.useInfiniteQuery('get', path, init, pageOptions)`. */
export const pageOptions = {
  pageParamName: 'cursor',
  // An undefined one would be asked for as 0.
  initialPageParam: null,
  getNextPageParam: ({ nextCursor }: PageOf<unknown>) => nextCursor ?? undefined,
} as const;

/** Turns an infinite query into rows. */
export function pagesOf<Row>(query: {
  readonly data?: { readonly pages: ReadonlyArray<PageOf<Row>> } | undefined;
  readonly error: unknown;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
  refetch(): unknown;
}): Pages<Row> {
  return {
    rows: query.data?.pages.flatMap(({ data }) => data),
    error: query.error,
    refetch: () => void query.refetch(),
    more: {
      has: query.hasNextPage,
      isLoading: query.isFetchingNextPage,
      load: () => void query.fetchNextPage(),
    },
  };
}
