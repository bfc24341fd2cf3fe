import { Badge, Progress } from '@mantine/core';
import type { paths } from '../../api/schema';

/** An import as the API shows it. */
export type Import = paths['/api/v1/imports/{id}']['get']['responses'][200]['content']['application/json'];

const LOOKS: Readonly<Record<string, readonly [string, string]>> = {
  waiting_for_file: ['waits for its file', 'gray'],
  queued: ['queued', 'gray'],
  running: ['running', 'blue'],
  done: ['done', 'teal'],
  failed: ['failed', 'red'],
  cancelled: ['cancelled', 'gray'],
};

/** Where an import is. */
export function ImportStatus({ status }: { readonly status: string }) {
  const [text, color] = LOOKS[status] ?? [status, 'gray'];
  return (
    <Badge variant="dot" color={color} fw={550}>
      {text}
    </Badge>
  );
}

/** How much of its file has been read. */
export function ImportProgress({ one: { doneShare, status } }: { readonly one: Import }) {
  return (
    <Progress.Root size="md" w="100%">
      <Progress.Section
        value={100 * doneShare}
        animated={status === 'running'}
        color={status === 'failed' ? 'red' : 'river'}
        aria-label="Read of the file"
      />
    </Progress.Root>
  );
}

/** Whether nothing will happen to it any more. */
export function isOver({ status }: Import): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}
