import { Alert, Button, TextInput } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useUser } from '../../api/use-session';
import { Awaited } from '../../ui/awaited';
import { counted } from '../../ui/figure';
import { Page } from '../../ui/page';
import { ComputedForm } from './computed-form';
import { type Trait, useTrait } from './trait';
import { useComputedDraft } from './use-computed-draft';
import { useSave } from './use-save';

/** Changes what a computed trait is made of. */
export function EditComputedTraitPage() {
  const { name } = useParams({ from: '/computed-traits/$name/edit' });
  const { data, error, refetch } = useTrait(name);
  if (data === undefined)
    return (
      <Awaited
        title="Edit computed trait"
        up={{ label: 'Computed traits', to: '/computed-traits' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return <EditTrait key={data.name} trait={data} />;
}

function EditTrait({ trait: { name, text: before, description: about, usedBy } }: { readonly trait: Trait }) {
  const isViewer = useUser().role === 'viewer';
  const [description, setDescription] = useState(about);
  const draft = useComputedDraft(before.trimEnd());
  const { understood } = draft;
  const { save, isPending } = useSave();
  const isOther = understood !== undefined && understood.text.trimEnd() !== before.trimEnd();
  return (
    <Page
      title={`Edit ${name}`}
      text="It is another figure for everybody from then on."
      up={{ label: name, to: `/computed-traits/${encodeURIComponent(name)}` }}
      actions={
        <Button
          disabled={isViewer || understood === undefined}
          loading={isPending}
          onClick={() => understood && save(name, { text: understood.text, description })}
        >
          Save
        </Button>
      }
    >
      {isOther && usedBy.segments.length > 0 ? (
        <Alert color="yellow" variant="light" role="status">
          {counted(usedBy.segments.length, 'segment')} will get a new version: who no longer fits leaves, who
          fits now enters.
        </Alert>
      ) : null}
      <ComputedForm draft={draft}>
        <TextInput
          label="About"
          placeholder="What it is for"
          maxLength={2_000}
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
      </ComputedForm>
    </Page>
  );
}
