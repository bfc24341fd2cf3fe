import { Badge, Group, Stack, Text } from '@mantine/core';
import { Snippet } from './snippet';

interface Message {
  readonly method?: string;
  readonly url?: string;
  /** Hidden, as all of it, from those who may not see personal data. */
  readonly status?: number | string;
  readonly headers?: Readonly<Record<string, string>> | ReadonlyArray<readonly [string, string]>;
  readonly body?: unknown;
}

/** A request and what was answered, as they went over the wire; secrets come masked. */
export function Exchange({ request, response }: { readonly request: unknown; readonly response?: unknown }) {
  const [asked, answered] = [messageOf(request), messageOf(response)];
  const { method, url, status } = { ...asked, status: answered?.status };
  return (
    <Stack gap={6}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        {method === undefined ? null : <Badge variant="default">{method}</Badge>}
        <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {url ?? 'Request'}
        </Text>
        {status === undefined ? null : (
          <Badge variant="light" color={colorOf(status)} style={{ flex: 'none' }}>
            {status}
          </Badge>
        )}
      </Group>
      <Snippet text={printed(asked, request)} label="request" />
      {response === undefined || response === null ? null : (
        <>
          <Text size="xs" className="quiet">
            Response
          </Text>
          <Snippet text={printed(answered, response)} label="response" />
        </>
      )}
    </Stack>
  );
}

function colorOf(status: number | string): string {
  if (typeof status !== 'number') return 'gray';
  return status < 400 ? 'teal' : 'red';
}

/** Masked ones are a text of dots, and batches refer to another attempt: those have no parts. */
function messageOf(value: unknown): Message | undefined {
  const isMessage = typeof value === 'object' && value !== null && ('headers' in value || 'url' in value);
  return isMessage ? (value as Message) : undefined;
}

function printed(message: Message | undefined, value: unknown): string {
  if (message === undefined) return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const { headers = {} } = message;
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
  const head = (pairs as ReadonlyArray<readonly [string, string]>).map(([name, text]) => `${name}: ${text}`);
  return [...head, '', pretty(message.body)].join('\n').trim();
}

function pretty(body: unknown): string {
  if (typeof body !== 'string') return body === undefined ? '' : JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
