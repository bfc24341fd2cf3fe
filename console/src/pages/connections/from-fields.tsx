import { MultiSelect, SegmentedControl, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { api } from '../../api/client';
import { count } from '../../ui/figure';
import type { Definition, From } from './definition';
import { FIRST_PLAN, SnapshotFields } from './snapshot-fields';

const ALL = { params: { query: { limit: 500 } } } as const;
const MODES = {
  events: 'Events',
  audience: 'An audience',
  entered: 'Who enters',
  left: 'Who leaves',
  snapshot: 'Snapshots',
} as const;
type Mode = keyof typeof MODES;

const TOLD = 'The tool is told once, in the moment that somebody does.';
const SENTENCES: Readonly<Record<Mode, string>> = {
  events: 'Events as they come in, from now on.',
  audience:
    'A list of people in the tool is kept equal to the segment: who enters is added, who leaves or withdraws consent is removed.',
  entered: TOLD,
  left: TOLD,
  snapshot: 'Who is in the segment is written out again and again, with a marker when all rows are there.',
};

function modeOf(from: From): Mode {
  if (!('segment' in from)) return 'events';
  return from.snapshot === undefined ? (from.when ?? 'audience') : 'snapshot';
}

/** What a connection takes: events of sources, or people of a segment. */
export function FromFields({
  definition,
  canKeepAudience,
  canTakeSnapshots,
  snapshotMapping,
  onChange,
}: {
  readonly definition: Definition;
  readonly canKeepAudience: boolean;
  readonly canTakeSnapshots: boolean;
  /** What a row of somebody begins with: that of an event does not do. */
  readonly snapshotMapping: Definition['mapping'] | undefined;
  readonly onChange: (definition: Definition) => void;
}) {
  const { from } = definition;
  const mode = modeOf(from);
  const choose = (chosen: Mode) => {
    if (chosen === 'events') return onChange({ ...definition, from: { sources: [] } });
    const segment = 'segment' in from ? from.segment : '';
    if (chosen === 'snapshot')
      onChange({
        ...{ ...definition, from: { segment, snapshot: FIRST_PLAN } },
        mapping: (mode === 'events' ? snapshotMapping : undefined) ?? definition.mapping,
      });
    else onChange({ ...definition, from: { segment, ...(chosen === 'audience' ? {} : { when: chosen }) } });
  };
  return (
    <Stack gap="sm">
      <div>
        <Title order={2}>What is taken</Title>
        <Text size="sm" className="quiet">
          {SENTENCES[mode]}
        </Text>
      </div>
      <SegmentedControl
        size="xs"
        aria-label="What is taken"
        style={{ alignSelf: 'flex-start' }}
        data={Object.entries(MODES)
          .filter(([value]) => value !== 'audience' || canKeepAudience || mode === 'audience')
          .filter(([value]) => value !== 'snapshot' || canTakeSnapshots || mode === 'snapshot')
          .map(([value, label]) => ({ value, label }))}
        value={mode}
        onChange={(chosen) => choose(chosen as Mode)}
      />
      {'segment' in from ? (
        <SegmentChoice from={from} onChange={(next) => onChange({ ...definition, from: next })} />
      ) : (
        <EventChoice definition={definition} sources={from.sources} onChange={onChange} />
      )}
      {'segment' in from && from.snapshot !== undefined ? (
        <SnapshotFields
          plan={from.snapshot}
          onChange={(snapshot) => onChange({ ...definition, from: { ...from, snapshot } })}
        />
      ) : null}
    </Stack>
  );
}

function SegmentChoice({
  from,
  onChange,
}: {
  readonly from: Extract<From, { segment: string }>;
  readonly onChange: (from: From) => void;
}) {
  const { data } = api.useQuery('get', '/api/v1/segments', ALL);
  const chosen = data?.data.find(({ id }) => id === from.segment);
  const sentence =
    from.snapshot !== undefined
      ? `${count(chosen?.size ?? 0)} people are in it now; each gets a row, as far as they consent.`
      : from.when === undefined
        ? `Begins with the ${count(chosen?.size ?? 0)} people who are in it now, as far as they consent.`
        : `${count(chosen?.size ?? 0)} people are in it now; they are not told of.`;
  return (
    <Select
      label="Segment"
      placeholder={data?.data.length === 0 ? 'There is no segment yet' : 'Choose a segment'}
      description={chosen === undefined ? undefined : sentence}
      withAsterisk
      searchable
      data={(data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={from.segment || null}
      onChange={(segment) => onChange({ ...from, segment: segment ?? '' })}
    />
  );
}

function EventChoice({
  definition,
  sources,
  onChange,
}: {
  readonly definition: Definition;
  readonly sources: readonly string[];
  readonly onChange: (definition: Definition) => void;
}) {
  const { data } = api.useQuery('get', '/api/v1/sources', ALL);
  return (
    <>
      <MultiSelect
        label="Sources"
        placeholder={sources.length === 0 ? 'All sources' : ''}
        data={(data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={[...sources]}
        clearable
        searchable
        onChange={(chosen) => onChange({ ...definition, from: { sources: chosen } })}
      />
      <Textarea
        label="Events"
        description="Which ones. Empty: all."
        placeholder={'"Order Completed" where properties.total > 100 or page "Home"'}
        autosize
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={definition.events ?? ''}
        onChange={({ currentTarget }) => onChange({ ...definition, events: currentTarget.value })}
      />
      <Textarea
        label="Of whom"
        description="A condition of the segment language. Empty: everybody."
        placeholder={'trait plan = "gold"'}
        autosize
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={definition.who ?? ''}
        onChange={({ currentTarget }) => onChange({ ...definition, who: currentTarget.value })}
      />
    </>
  );
}
