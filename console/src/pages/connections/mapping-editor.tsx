import { Badge, Button, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Field, fieldsOf, isRequired, isShown, type Values } from '../destinations/field';
import { MappingRow } from './mapping-row';
import type { KnownPath } from './paths';

const SHOWN_AT_ONCE = 12;

/** What fills the fields of an action. */
export function MappingEditor({
  fields,
  mapping,
  paths,
  onChange,
}: {
  readonly fields: unknown;
  readonly mapping: Values;
  readonly paths: readonly KnownPath[];
  readonly onChange: (mapping: Values) => void;
}) {
  const [isOpen, { toggle }] = useDisclosure();
  const all = fieldsOf(fields).filter(([, field]) => isShown(field, mapping));
  const first = (entry: readonly [string, Field]) =>
    (isRequired(entry[1], mapping) ? 0 : 2) + (mapping[entry[0]] === undefined ? 1 : 0);
  const sorted = all.map((entry, index) => ({ entry, index, rank: first(entry) }));
  sorted.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const shown = isOpen ? sorted : sorted.slice(0, SHOWN_AT_ONCE);
  const change = (name: string, value: unknown) => {
    const { [name]: _, ...others } = mapping;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <Stack gap="sm">
      <div>
        <Title order={2}>Fields</Title>
        <Text size="sm" className="quiet">
          What the tool is given of each event. The paths that are offered come from your own recent events.{' '}
          <Badge variant="default" size="sm">
            {all.length === 1 ? 'one field' : `${all.length} fields`}
          </Badge>
        </Text>
      </div>
      {shown.map(({ entry: [name, field] }) => (
        <MappingRow
          key={name}
          field={field}
          value={mapping[name]}
          isRequired={isRequired(field, mapping)}
          paths={paths}
          onChange={(value) => change(name, value)}
        />
      ))}
      {all.length > SHOWN_AT_ONCE ? (
        <Button variant="subtle" size="xs" onClick={toggle} style={{ alignSelf: 'flex-start' }}>
          {isOpen ? 'Show fewer' : `Show ${all.length - SHOWN_AT_ONCE} more fields`}
        </Button>
      ) : null}
    </Stack>
  );
}
