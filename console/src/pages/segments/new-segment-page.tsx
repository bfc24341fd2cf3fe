import { Button, SimpleGrid, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Page } from '../../ui/page';
import { SegmentBuilder } from './builder/segment-builder';
import { useDraft } from './builder/use-draft';

/** Makes a segment. What is written stands in the address, so a link shows it. */
export function NewSegmentPage() {
  const given = useSearch({ from: '/segments/new' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const isViewer = useUser().role === 'viewer';
  const [name, setName] = useState(given.name ?? '');
  const [description, setDescription] = useState('');
  const draft = useDraft({ text: given.text ?? '' });
  const { understood } = draft;
  const text = understood?.text.trimEnd();
  useEffect(() => {
    if (text === undefined) return;
    void navigate({ to: '/segments/new', search: { text, ...(name === '' ? {} : { name }) }, replace: true });
  }, [text, name, navigate]);
  const create = api.useMutation('post', '/api/v1/segments', {
    onSuccess({ id }) {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/segments'] });
      void navigate({ to: '/segments/$segmentId', params: { segmentId: id } });
    },
  });
  return (
    <Page
      title="New segment"
      text={
        isViewer
          ? 'You may try a definition and see whom it means; editors may save it.'
          : 'Put it together, or write it: both forms stay the same.'
      }
      up={{ label: 'Segments', to: '/segments' }}
      actions={
        <Button
          disabled={isViewer || understood === undefined || name.trim() === ''}
          loading={create.isPending}
          onClick={() => understood && create.mutate({ body: { name, description, text: understood.text } })}
        >
          Create segment
        </Button>
      }
    >
      <SegmentBuilder draft={draft}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          <TextInput
            label="Name"
            placeholder="Left something in the cart"
            required
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <TextInput
            label="About"
            placeholder="What it is for"
            value={description}
            onChange={({ currentTarget }) => setDescription(currentTarget.value)}
          />
        </SimpleGrid>
      </SegmentBuilder>
    </Page>
  );
}
