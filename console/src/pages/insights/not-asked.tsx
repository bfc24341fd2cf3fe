import { Paper, Text } from '@mantine/core';
import { useFrame } from '../../ui/frame';

/** Stands where the answer will, while the question is not finished. */
export function NotAsked({ text }: { readonly text: string }) {
  return (
    <Paper {...useFrame()} py="xl">
      <Text size="sm" className="quiet" ta="center" role="status">
        {text}
      </Text>
    </Paper>
  );
}
