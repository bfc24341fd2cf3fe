import { Button, Group, Paper, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { FormError } from '../../ui/form-error';

/** The name and kind of a source, and whether it takes events. */
export function SourceSettings({
  source: { id, name, kind, enabled },
}: {
  readonly source: {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly enabled: boolean;
  };
}) {
  const queries = useQueryClient();
  const mayChange = useUser().role !== 'viewer';
  const form = useForm({ initialValues: { name, kind } });
  const onSettled = () => {
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/sources'] });
    return queries.invalidateQueries({ queryKey: ['get', '/api/v1/sources/{id}'] });
  };
  const params = { path: { id } };
  const rename = api.useMutation('patch', '/api/v1/sources/{id}', {
    meta: { quiet: true },
    onSettled,
    onSuccess: (saved) => form.resetDirty({ name: saved.name, kind: saved.kind }),
  });
  const change = api.useMutation('patch', '/api/v1/sources/{id}', { onSettled });
  return (
    <Paper withBorder p="md" radius="md" maw={560}>
      <form onSubmit={form.onSubmit((body) => rename.mutate({ params, body }))}>
        <Stack gap="sm">
          <FormError error={rename.error} />
          {mayChange ? null : (
            <Text size="sm" className="quiet">
              You may look at sources. Editors and owners may change them.
            </Text>
          )}
          <TextInput label="Name" required disabled={!mayChange} {...form.getInputProps('name')} />
          <TextInput
            label="Kind"
            description="What sends: web, mobile, server, email, pos, import, or a word of your own."
            required
            disabled={!mayChange}
            {...form.getInputProps('kind')}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={rename.isPending} disabled={!mayChange || !form.isDirty()}>
              Save
            </Button>
          </Group>
          <Switch
            label="Takes events"
            description="While off, its write key is answered 401, and clients keep what they can."
            disabled={!mayChange}
            checked={change.isPending ? change.variables.body.enabled === true : enabled}
            onChange={({ currentTarget }) =>
              change.mutate({ params, body: { enabled: currentTarget.checked } })
            }
          />
        </Stack>
      </form>
    </Paper>
  );
}
