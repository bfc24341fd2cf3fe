import { Group, Select, Text } from '@mantine/core';
import { put, type Selector } from '../segments/builder/definition';
import { useKnownNames } from '../segments/builder/use-known-names';
import { NameInput, WordSelect } from '../segments/builder/words';
import { useSegmentNames } from '../segments/use-segment-names';
import type { By } from './asks';

const SPANS = { 7: '7 days', 30: '30 days', 90: '90 days', 365: 'a year' } as const;

interface Scoped {
  readonly days: number;
  readonly among?: string;
}

/** Which time and which people a question is about. */
export function Scope<Ask extends Scoped>({
  ask,
  onChange,
}: {
  readonly ask: Ask;
  readonly onChange: (ask: Ask) => void;
}) {
  const names = useSegmentNames();
  return (
    <Group gap="xs">
      <Text size="sm" className="quiet">
        in the last
      </Text>
      <WordSelect
        label="Period"
        value={String(ask.days)}
        words={SPANS as Record<string, string>}
        width={94}
        onChange={(next) => onChange({ ...ask, days: Number(next) })}
      />
      <Text size="sm" className="quiet">
        of
      </Text>
      <Select
        size="xs"
        w={180}
        aria-label="People of a segment"
        placeholder="everybody"
        clearable
        searchable
        clearButtonProps={{ 'aria-label': 'Everybody' }}
        data={Array.from(names, ([value, label]) => ({ value, label }))}
        value={ask.among ?? null}
        onChange={(next) => onChange(put<Scoped, 'among'>(ask, 'among', next ?? undefined) as Ask)}
      />
    </Group>
  );
}

/** By what parts are told apart. */
export function ByInput({
  by,
  of,
  onChange,
}: {
  readonly by: By | undefined;
  /** Events whose fields are suggested. */
  readonly of: Selector;
  readonly onChange: (by: By | undefined) => void;
}) {
  const known = useKnownNames();
  const kind = by === undefined ? 'none' : 'field' in by ? 'field' : 'trait';
  return (
    <Group gap={6} wrap="nowrap">
      <WordSelect
        label="Told apart by"
        value={kind}
        words={{ none: 'taken together', field: 'by field', trait: 'by trait' }}
        width={128}
        onChange={(next) =>
          onChange(next === 'none' ? undefined : next === 'field' ? { field: '' } : { trait: '' })
        }
      />
      {by === undefined ? null : 'field' in by ? (
        <NameInput
          label="Field"
          placeholder="properties.category"
          value={by.field}
          known={known.fieldsOf(of)}
          onChange={(field) => onChange({ field })}
        />
      ) : (
        <NameInput
          label="Trait"
          placeholder="plan"
          value={by.trait}
          known={known.traits}
          onChange={(trait) => onChange({ trait })}
        />
      )}
    </Group>
  );
}
