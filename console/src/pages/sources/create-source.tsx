import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import { FormError } from '../../ui/form-error';

/** Kinds that most people want; the API takes any word. */
const KINDS = [
  { value: 'web', label: 'Website' },
  { value: 'mobile', label: 'Mobile app' },
  { value: 'server', label: 'Server' },
  { value: 'email', label: 'E-mail' },
  { value: 'pos', label: 'Shop till' },
  { value: 'import', label: 'Files' },
];

/** Makes a source and shows it. */
export function CreateSource({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm({ initialValues: { name: '', kind: 'web' } });
  const create = api.useMutation('post', '/api/v1/sources', {
    meta: { quiet: true },
    onSuccess({ id }) {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/sources'] });
      onClose();
      form.reset();
      void navigate({ to: '/sources/$sourceId', params: { sourceId: id } });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="New source">
      <form onSubmit={form.onSubmit((body) => create.mutate({ body }))}>
        <Stack gap="sm">
          <FormError error={create.error} />
          <TextInput
            label="Name"
            placeholder="Web shop"
            required
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Select label="Kind" data={KINDS} allowDeselect={false} {...form.getInputProps('kind')} />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
