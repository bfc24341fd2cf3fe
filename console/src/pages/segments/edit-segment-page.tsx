import { Button, Group, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Awaited } from '../../ui/awaited';
import { Page } from '../../ui/page';
import type { Node } from './builder/definition';
import { SegmentBuilder } from './builder/segment-builder';
import { useDraft } from './builder/use-draft';
import type { Segment } from './segment-types';

/** Changes a segment: another definition is a new version. */
export function EditSegmentPage() {
  const { segmentId } = useParams({ from: '/segments/$segmentId/edit' });
  const {
    data: segment,
    error,
    refetch,
  } = api.useQuery('get', '/api/v1/segments/{id}', { params: { path: { id: segmentId } } });
  if (segment === undefined)
    return (
      <Awaited
        title="Edit segment"
        up={{ label: 'Segments', to: '/segments' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return <EditSegment key={segment.id} segment={segment} />;
}

function EditSegment({ segment }: { readonly segment: Segment }) {
  const { id, size } = segment;
  const { text: given } = useSearch({ from: '/segments/$segmentId/edit' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const isViewer = useUser().role === 'viewer';
  const [name, setName] = useState(segment.name);
  const [description, setDescription] = useState(segment.description);
  const draft = useDraft(
    given === undefined
      ? { text: segment.text.trimEnd(), node: segment.definition as Node }
      : { text: given },
  );
  const { understood } = draft;
  const change = api.useMutation('patch', '/api/v1/segments/{id}', {
    onSuccess() {
      for (const path of ['/api/v1/segments', '/api/v1/segments/{id}'])
        void queries.invalidateQueries({ queryKey: ['get', path] });
      void navigate({ to: '/segments/$segmentId', params: { segmentId: id } });
    },
  });
  const save = () => {
    if (understood === undefined) return;
    const isSame = understood.text.trimEnd() === segment.text.trimEnd();
    const body = { name, description, ...(isSame ? {} : { text: understood.text }) };
    change.mutate({ params: { path: { id } }, body });
  };
  return (
    <Page
      title={`Edit ${segment.name}`}
      text="Another definition is a new version: who no longer fits leaves, who fits now enters."
      up={{ label: segment.name, to: `/segments/${id}` }}
      actions={
        <Button
          disabled={isViewer || understood === undefined || name.trim() === ''}
          loading={change.isPending}
          onClick={save}
        >
          Save
        </Button>
      }
    >
      <SegmentBuilder draft={draft} sizeNow={size}>
        <Group grow align="flex-start">
          <TextInput
            label="Name"
            required
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <TextInput
            label="About"
            value={description}
            onChange={({ currentTarget }) => setDescription(currentTarget.value)}
          />
        </Group>
      </SegmentBuilder>
    </Page>
  );
}
