import { Alert, Button, Group, JsonInput, Stack, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { FormError } from '../../ui/form-error';
import { AnchorLink } from '../../ui/links';
import type { RejectedEvent } from './rejected-drawer';

const LOOK_MS = 700;

/** The refused event to be mended and sent again, and what becomes of it. */
export function SendAgain({ rejected: { offset, event, sourceId } }: { readonly rejected: RejectedEvent }) {
  const [text, setText] = useState(() => JSON.stringify(event, null, 2));
  const [fault, setFault] = useState<string>();
  const queries = useQueryClient();
  const send = api.useMutation('post', '/api/v1/rejected/{offset}/resend', {
    meta: { quiet: true },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['get', '/api/v1/ledger'] }),
  });
  const submit = () => {
    try {
      setFault(undefined);
      send.mutate({ params: { path: { offset } }, body: { event: JSON.parse(text) as unknown } });
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Stack gap="sm">
      <JsonInput
        label="The event"
        description="As it came. Mend it, and send it again: it goes the way of all events, at the time of the refused one unless it says another, and counts once."
        value={text}
        onChange={setText}
        error={fault}
        autosize
        minRows={8}
        maxRows={24}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
      />
      <Group justify="flex-end">
        <Button leftSection={<IconSend size={16} />} loading={send.isPending} onClick={submit}>
          Send again
        </Button>
      </Group>
      <FormError error={send.error} />
      {send.data ? <Outcome key={send.data.receipt} sent={send.data} sourceId={sourceId} /> : null}
    </Stack>
  );
}

/** Looks until the pipeline has judged what was sent. */
function Outcome({
  sent: { receipt, messageId },
  sourceId,
}: {
  readonly sent: { readonly receipt: string; readonly messageId: string };
  readonly sourceId: string;
}) {
  const refused = api.useQuery(
    'get',
    '/api/v1/rejected',
    { params: { query: { receipt, limit: 1 } } },
    { refetchInterval: LOOK_MS },
  );
  const stored = api.useQuery(
    'get',
    '/api/v1/events',
    { params: { query: { messageId, sourceId, limit: 1 } } },
    { refetchInterval: LOOK_MS },
  );
  const again = refused.data?.data[0];
  const found = stored.data?.data[0];
  if (again !== undefined)
    return (
      <Alert color="red" title="Refused again" role="alert">
        {again.message}
      </Alert>
    );
  if (found === undefined)
    return (
      <Text size="sm" className="quiet" role="status">
        Sent. Waiting for the pipeline…
      </Text>
    );
  return (
    <Alert color="teal" title="Processed" role="status">
      <AnchorLink
        to="/live"
        search={{ open: String(found.offset), message: messageId, of: sourceId }}
        size="sm"
        c="inherit"
      >
        See its way
      </AnchorLink>
    </Alert>
  );
}
