import { Button, Group, Modal, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client';
import { nameOf } from '../../ui/person';
import { Portrait } from '../../ui/portrait';
import { MergePreview } from './merge-preview';
import type { Profile } from './person-types';

/** Joins a person with another one, who is looked for first; what would come of it is shown before. */
export function MergeDialog({
  opened,
  onClose,
  into,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly into: Profile;
}) {
  const [from, setFrom] = useState<string>();
  const close = () => {
    setFrom(undefined);
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={`Merge another person into ${nameOf(into)}`} size="xl">
      {from === undefined ? (
        <Choose except={into.id} onChoose={setFrom} />
      ) : (
        <MergePreview
          into={`id:${into.id}`}
          from={`id:${from}`}
          onBack={() => setFrom(undefined)}
          onDone={close}
        />
      )}
    </Modal>
  );
}

function Choose({ except, onChoose }: { readonly except: string; readonly onChoose: (id: string) => void }) {
  const [search, setSearch] = useState('');
  const [q] = useDebouncedValue(search.trim(), 120);
  const { data } = api.useQuery(
    'get',
    '/api/v1/profiles',
    { params: { query: { limit: 9, search: q } } },
    { enabled: q !== '' },
  );
  const others = data?.data.filter(({ id }) => id !== except) ?? [];
  return (
    <Stack gap="sm">
      <TextInput
        label="Who is the same person?"
        placeholder="E-mail, user id, name…"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        data-autofocus
      />
      <Stack gap={2} mih={120}>
        {others.map((person) => {
          const name = nameOf(person);
          return (
            <UnstyledButton key={person.id} p={6} onClick={() => onChoose(person.id)}>
              <Group gap={10} wrap="nowrap">
                <Portrait id={person.id} name={name} />
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" fw={550} truncate>
                    {name}
                  </Text>
                  <Text size="xs" className="quiet" truncate>
                    {person.identifiers.map(({ value }) => value).join(' · ')}
                  </Text>
                </div>
              </Group>
            </UnstyledButton>
          );
        })}
        {q !== '' && data !== undefined && others.length === 0 ? (
          <Text size="sm" className="quiet">
            Nobody else found.
          </Text>
        ) : null}
      </Stack>
      <Group justify="flex-end">
        <Button variant="default" disabled>
          Choose somebody to see what would come of it
        </Button>
      </Group>
    </Stack>
  );
}
