import { Skeleton, Stack } from '@mantine/core';

/** Lines in the place of what is coming. */
export function Loading({ lines = 6, height = 22 }: { readonly lines?: number; readonly height?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same.
        <Skeleton key={index} height={height} width={index % 3 === 2 ? '72%' : '100%'} />
      ))}
    </Stack>
  );
}
