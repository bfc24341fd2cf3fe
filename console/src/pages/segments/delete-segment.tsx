import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import { count } from '../../ui/figure';
import type { Segment } from './segment-types';
import { UsedBy } from './used-by';

/** Deletes a segment, after saying whom that touches. */
export function DeleteSegment({ segment }: { readonly segment: Segment }) {
  const [opened, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const remove = api.useMutation('delete', '/api/v1/segments/{id}', {
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/segments'] });
      void navigate({ to: '/segments' });
    },
  });
  const { id, name, size, usedBy } = segment;
  const isUsed = usedBy.segments.length + usedBy.connections.length > 0;
  return (
    <>
      <Button variant="default" onClick={open}>
        Delete
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Delete ${name}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack gap="sm">
          {isUsed ? (
            <Text size="sm">
              It is used by <UsedBy usedBy={usedBy} />. Change or delete those first.
            </Text>
          ) : (
            <Text size="sm">
              {size === 0
                ? 'Nobody is in it now.'
                : `${count(size)} ${size === 1 ? 'person leaves' : 'people leave'} it at once.`}{' '}
              Its history stays, and its id is not given again. This cannot be undone.
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <Button
              color="red"
              disabled={isUsed}
              loading={remove.isPending}
              onClick={() => remove.mutate({ params: { path: { id } } })}
            >
              Delete
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
