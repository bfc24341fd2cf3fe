import { Button, Group, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { client } from '../../api/client';
import { useUser } from '../../api/use-session';
import { saveFile } from '../../ui/save-file';
import { DeliveryList } from '../deliveries/delivery-list';
import { RetryAll } from '../deliveries/retry-all';
import type { Destination } from './field';

/** What was given up: to be looked at, taken away, or tried again. */
export function DeadLettersTab({ destination: { id, name } }: { readonly destination: Destination }) {
  const { personalData } = useUser();
  const download = useMutation({
    async mutationFn() {
      const { data } = await client.GET('/api/v1/destinations/{id}/dead-letters', {
        params: { path: { id } },
        parseAs: 'blob',
      });
      saveFile(`dead letters of ${name}.jsonl`, 'application/x-ndjson', data as Blob);
    },
  });
  return (
    <>
      <Group justify="space-between" mb="sm" gap="sm">
        <Text size="sm" className="quiet" maw={560}>
          The tool refused these, or did not take them in all the time they were given. Put right what was
          wrong, then try them again: each keeps its key, so that nothing arrives twice.
        </Text>
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<IconDownload size={16} />}
            onClick={() => download.mutate()}
            loading={download.isPending}
            disabled={!personalData}
            title={personalData ? undefined : 'Needs the right to personal data'}
          >
            Download
          </Button>
          <RetryAll filter={{ destination: id, status: 'dead' }} />
        </Group>
      </Group>
      <DeliveryList
        filter={{ destination: id, status: 'dead' }}
        empty={{ title: 'No dead letters', text: 'Everything that was given up would lie here.' }}
      />
    </>
  );
}
