import { Button, SimpleGrid, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useUser } from '../../api/use-session';
import { AnchorLink } from '../../ui/links';
import { Page } from '../../ui/page';
import { ComputedForm } from './computed-form';
import { useTraits } from './trait';
import { useComputedDraft } from './use-computed-draft';
import { useSave } from './use-save';

/** Makes a computed trait. What is written stands in the address, so a link shows it. */
export function NewComputedTrait() {
  const given = useSearch({ from: '/computed-traits' });
  const navigate = useNavigate();
  const isViewer = useUser().role === 'viewer';
  const [name, setName] = useState(given.name ?? '');
  const [description, setDescription] = useState('');
  const draft = useComputedDraft(given.text ?? '');
  const { text, understood } = draft;
  useEffect(() => {
    const search = { form: 'new', ...(name === '' ? {} : { name }), ...(text === '' ? {} : { text }) };
    void navigate({ to: '/computed-traits', search, replace: true });
  }, [text, name, navigate]);
  // To make one of a name that is taken would change that one.
  const isTaken = useTraits().rows?.some((trait) => trait.name === name.trim()) === true;
  const { save, isPending } = useSave();
  return (
    <Page
      title="New computed trait"
      text={
        isViewer
          ? 'You may try what it would mean; editors may save it.'
          : 'Everybody has it at once, those who come later too.'
      }
      up={{ label: 'Computed traits', to: '/computed-traits' }}
      actions={
        <Button
          disabled={isViewer || understood === undefined || name.trim() === '' || isTaken}
          loading={isPending}
          onClick={() => understood && save(name.trim(), { text: understood.text, description })}
        >
          Create computed trait
        </Button>
      }
    >
      <ComputedForm draft={draft}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          <TextInput
            label="Name"
            placeholder="revenue"
            required
            maxLength={255}
            value={name}
            error={
              isTaken ? (
                <>
                  There is one of that name:{' '}
                  <AnchorLink to="/computed-traits/$name" params={{ name: name.trim() }} size="xs">
                    open it
                  </AnchorLink>
                </>
              ) : undefined
            }
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <TextInput
            label="About"
            placeholder="What it is for"
            maxLength={2_000}
            value={description}
            onChange={({ currentTarget }) => setDescription(currentTarget.value)}
          />
        </SimpleGrid>
      </ComputedForm>
    </Page>
  );
}
