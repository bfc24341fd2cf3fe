import {
  ActionIcon,
  Button,
  Group,
  MultiSelect,
  Paper,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { api } from '../../api/client';
import { type TraitRule, trimmed } from './rules-types';

const KEEPS = [
  { value: 'last', label: 'The last value' },
  { value: 'first', label: 'The first value' },
  { value: 'longest', label: 'The longest text' },
  { value: 'most_frequent', label: 'The most frequent' },
  { value: 'by_source', label: 'By source, best first' },
  { value: 'union', label: 'All items of lists' },
  { value: 'deep', label: 'Each field by itself' },
];

/** Which value of a trait counts where sources disagree. */
export function TraitRulesForm({
  rules,
  onChange,
}: {
  readonly rules: readonly TraitRule[];
  readonly onChange: (rules: readonly TraitRule[]) => void;
}) {
  const { data } = api.useQuery(
    'get',
    '/api/v1/sources',
    { params: { query: { limit: 500 } } },
    { staleTime: 60_000 },
  );
  const sources = data?.data.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  const set = (
    index: number,
    change: { readonly [Field in keyof TraitRule]?: TraitRule[Field] | undefined },
  ) =>
    onChange(rules.map((rule, at) => (at === index ? (trimmed({ ...rule, ...change }) as TraitRule) : rule)));
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb="xs">
        <div>
          <Title order={2} fz="md">
            Which value of a trait counts
          </Title>
          <Text size="xs" className="quiet">
            Where nothing is said, the last one. * stands for all other traits.
          </Text>
        </div>
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rules, { trait: rules.length === 0 ? '*' : '', keep: 'last' }])}
        >
          Add a trait
        </Button>
      </Group>
      <Stack gap="xs">
        {rules.map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a trait may be renamed, and has its place.
          <Group key={index} gap="xs" align="flex-end">
            <TextInput
              label="Trait"
              flex="1 1 130px"
              value={rule.trait}
              onChange={({ currentTarget }) => set(index, { trait: currentTarget.value })}
            />
            <Select
              label="Counts"
              flex="1 1 170px"
              allowDeselect={false}
              data={KEEPS}
              value={rule.keep ?? 'last'}
              onChange={(keep) => set(index, { keep: keep as NonNullable<TraitRule['keep']> })}
            />
            <MultiSelect
              label="Sources, best first"
              flex="2 1 180px"
              disabled={rule.keep !== 'by_source'}
              data={sources}
              value={rule.sources ?? []}
              onChange={(chosen) => set(index, { sources: chosen })}
            />
            <MultiSelect
              label="Never believed"
              flex="2 1 180px"
              data={sources}
              value={rule.never ?? []}
              onChange={(never) => set(index, { never })}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              size={34}
              aria-label={`Remove the rule of ${rule.trait || 'a trait'}`}
              onClick={() => onChange(rules.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
