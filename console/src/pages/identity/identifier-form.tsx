import {
  Button,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { IconArrowUp, IconTrash } from '@tabler/icons-react';
import { type IdentifierRule, trimmed } from './rules-types';

const NORMALISERS = [
  { value: 'text', label: 'Text as it is' },
  { value: 'lower', label: 'Text in lower case' },
  { value: 'email', label: 'E-mail address' },
  { value: 'phone', label: 'Telephone number' },
];
const LINKS = [
  { value: 'merge', label: 'Joins people who share it' },
  { value: 'attach', label: 'Goes along with a person' },
];
/** Stands between a path and the source that it is of. */
const OF = ' @ ';

type Path = IdentifierRule['from'][number];

/** One kind of identifier as fields. */
export function IdentifierForm({
  rule,
  onChange,
  onMove,
  onRemove,
}: {
  readonly rule: IdentifierRule;
  readonly onChange: (rule: IdentifierRule) => void;
  readonly onMove: (() => void) | undefined;
  readonly onRemove: (() => void) | undefined;
}) {
  const set = (change: { readonly [Field in keyof IdentifierRule]?: IdentifierRule[Field] | undefined }) =>
    onChange(trimmed({ ...rule, ...change }) as IdentifierRule);
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          label="Name"
          value={rule.kind}
          onChange={({ currentTarget }) => set({ kind: currentTarget.value })}
        />
        <TagsInput
          label="Where it stands in events"
          description="Paths such as traits.email; of one source alone: path @ source id"
          value={rule.from.map(pathText)}
          onChange={(texts) => set({ from: texts.map(readPath) })}
        />
        <Select
          label="Made comparable as"
          allowDeselect={false}
          data={NORMALISERS}
          value={rule.normalise ?? 'text'}
          onChange={(value) => set({ normalise: value as NonNullable<IdentifierRule['normalise']> })}
        />
        <Select
          label="What it does"
          allowDeselect={false}
          data={LINKS}
          value={rule.link ?? 'attach'}
          onChange={(value) => set({ link: value as NonNullable<IdentifierRule['link']> })}
        />
      </SimpleGrid>
      <Limits rule={rule} set={set} />
      <Group justify="space-between">
        <Group gap="lg">
          <Switch
            label="One a person"
            checked={rule.unique ?? false}
            onChange={({ currentTarget }) => set({ unique: currentTarget.checked || undefined })}
          />
          <Switch
            label="Moves on to who gives it next"
            checked={rule.moves ?? false}
            disabled={rule.link === 'merge'}
            onChange={({ currentTarget }) => set({ moves: currentTarget.checked || undefined })}
          />
        </Group>
        <Group gap="xs">
          <Button
            size="xs"
            variant="subtle"
            disabled={onMove === undefined}
            leftSection={<IconArrowUp size={14} />}
            onClick={onMove}
          >
            Stronger
          </Button>
          <Button
            size="xs"
            variant="subtle"
            color="red"
            disabled={onRemove === undefined}
            leftSection={<IconTrash size={14} />}
            onClick={onRemove}
          >
            Remove
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

function Limits({
  rule: { limit, peopleMax },
  set,
}: {
  readonly rule: IdentifierRule;
  readonly set: (change: {
    readonly limit?: IdentifierRule['limit'] | undefined;
    readonly peopleMax?: number | undefined;
  }) => void;
}) {
  const wholeOf = (value: string | number) => (typeof value === 'number' && value > 0 ? value : undefined);
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
      <NumberInput
        label="Most values of one person"
        placeholder="No limit"
        min={1}
        allowDecimal={false}
        value={limit?.count ?? ''}
        onChange={(value) => {
          const count = wholeOf(value);
          set({ limit: count === undefined ? undefined : { ...limit, count } });
        }}
      />
      <NumberInput
        label="Counted over days"
        placeholder="Ever"
        min={1}
        allowDecimal={false}
        disabled={limit === undefined}
        value={limit?.days ?? ''}
        onChange={(value) => {
          const days = wholeOf(value);
          if (limit !== undefined)
            set({ limit: days === undefined ? { count: limit.count } : { ...limit, days } });
        }}
      />
      <NumberInput
        label="Other people that may share a value"
        placeholder="No limit"
        min={1}
        allowDecimal={false}
        value={peopleMax ?? ''}
        onChange={(value) => set({ peopleMax: wholeOf(value) })}
      />
    </SimpleGrid>
  );
}

function pathText(path: Path): string {
  return typeof path === 'string' ? path : `${path.path}${OF}${path.source}`;
}

function readPath(text: string): Path {
  const [path = text, source] = text.split(OF);
  return source === undefined ? path.trim() : { source: source.trim(), path: path.trim() };
}
