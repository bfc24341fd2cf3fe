import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { type ReactNode, useContext, useEffect } from 'react';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { NotAsked } from './not-asked';
import { TurnContext } from './turn';

const PAUSE_MS = 350;

/** A question as it was when somebody last stopped to change it. */
export function useSettled<Ask>(ask: Ask): Ask {
  return useDebouncedValue(ask, PAUSE_MS)[0];
}

/** How an answer is asked for: not before the question is whole and it is its turn, and the one before stays until it is there. */
export function useAskOptions(isAsked: boolean) {
  const { isOpen } = useContext(TurnContext);
  return {
    ...{ enabled: isAsked && isOpen, retry: false, staleTime: 60_000 },
    placeholderData: keepPreviousData,
  } as const;
}

/** Shows an answer; before it what is missing, what failed, or that it is on its way. */
export function Answered<Data>({
  isAsked,
  missing,
  query: { data, error, refetch, isFetching },
  children,
}: {
  readonly isAsked: boolean;
  /** What to do to ask. */
  readonly missing: string;
  readonly query: {
    readonly data: Data | undefined;
    readonly error: unknown;
    readonly isFetching: boolean;
    refetch(): unknown;
  };
  readonly children: (data: Data) => ReactNode;
}) {
  const { end } = useContext(TurnContext);
  const isOver = !isAsked || (!isFetching && (data !== undefined || Boolean(error)));
  useEffect(() => {
    if (isOver) end();
  }, [isOver, end]);
  if (!isAsked) return <NotAsked text={missing} />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading lines={8} />;
  return <div style={{ opacity: isFetching ? 0.6 : 1 }}>{children(data)}</div>;
}
