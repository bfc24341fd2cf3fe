import { Group, NativeSelect, SegmentedControl, Stack, Table, Text, TextInput } from '@mantine/core';
import { CALLS, type Call, type Choices, type ColumnChoice, ROLES, type Role } from './guess';
import type { Sample } from './sample';

const CALL_LABELS: Readonly<Record<Call, string>> = {
  track: 'something that happened',
  identify: 'a person',
  group: 'an account',
};
const ROLE_LABELS: Readonly<Record<Role, string>> = {
  field: 'A value',
  userId: 'User id',
  anonymousId: 'Anonymous id',
  groupId: 'Account id',
  event: 'Name of the event',
  timestamp: 'Time',
  messageId: 'What names a row',
  skip: 'Leave out',
};
const TYPES = [
  { value: 'string', label: 'text' },
  { value: 'number', label: 'number' },
  { value: 'number,', label: 'number, 1.234,50' },
  { value: 'boolean', label: 'yes or no' },
  { value: 'date', label: 'time' },
  { value: 'json', label: 'JSON' },
];
const FORMATS = [
  ...['iso', 'unix', 'unix_ms', 'yyyymmdd', '%d.%m.%Y', '%d.%m.%Y %H:%M', '%d.%m.%Y %H:%M:%S'],
  ...['%m/%d/%Y', '%m/%d/%Y %H:%M'],
];
const EXAMPLES = 3;

/** What each column is, to be chosen; guessed to begin with. */
export function ColumnTable({
  sample,
  choices,
  onChange,
}: {
  readonly sample: Sample;
  readonly choices: Choices;
  readonly onChange: (choices: Choices) => void;
}) {
  const change = (at: number, changed: Partial<ColumnChoice>) => {
    const columns = choices.columns.map((one, index) => {
      if (index === at) return { ...one, ...changed };
      // Each of these is one column's alone.
      const isTaken = changed.role === one.role && one.role !== 'field' && one.role !== 'skip';
      return isTaken ? { ...one, role: 'field' as const, type: 'string' } : one;
    });
    onChange({ ...choices, columns });
  };
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Text size="sm">Each row is</Text>
        <SegmentedControl
          size="xs"
          aria-label="Each row is"
          data={CALLS.map((call) => ({ value: call, label: CALL_LABELS[call] }))}
          value={choices.call}
          onChange={(chosen) =>
            onChange({ ...choices, call: CALLS.find((call) => call === chosen) ?? choices.call })
          }
        />
        {choices.call === 'track' && !choices.columns.some(({ role }) => role === 'event') ? (
          <TextInput
            aria-label="Name of the event"
            placeholder="Order Completed"
            value={choices.event}
            onChange={({ currentTarget }) => onChange({ ...choices, event: currentTarget.value })}
          />
        ) : null}
      </Group>
      <Table.ScrollContainer minWidth={720} type="native" tabIndex={0}>
        <Table aria-label="Columns">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Column</Table.Th>
              <Table.Th>In the file</Table.Th>
              <Table.Th>Is</Table.Th>
              <Table.Th>Named</Table.Th>
              <Table.Th>As</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {choices.columns.map((one, at) => (
              <Table.Tr key={one.column}>
                <Table.Th scope="row" fw={550}>
                  {one.column}
                </Table.Th>
                <Table.Td maw={220}>
                  <Text size="xs" className="quiet" truncate>
                    {sample.rows
                      .slice(0, EXAMPLES)
                      .map((row) => row[at] || '–')
                      .join(' · ')}
                  </Text>
                </Table.Td>
                <RoleCells one={one} change={(changed) => change(at, changed)} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function RoleCells({
  one: { column, role, name, type },
  change,
}: {
  readonly one: ColumnChoice;
  readonly change: (changed: Partial<ColumnChoice>) => void;
}) {
  return (
    <>
      <Table.Td>
        <NativeSelect
          size="xs"
          aria-label={`What ${column} is`}
          data={ROLES.map((value) => ({ value, label: ROLE_LABELS[value] }))}
          value={role}
          onChange={({ currentTarget }) => {
            const chosen = ROLES.find((value) => value === currentTarget.value) ?? role;
            change({ role: chosen, type: chosen === 'timestamp' ? 'iso' : 'string' });
          }}
        />
      </Table.Td>
      <Table.Td>
        {role === 'field' ? (
          <TextInput
            size="xs"
            aria-label={`Name of ${column}`}
            value={name}
            onChange={({ currentTarget }) => change({ name: currentTarget.value })}
          />
        ) : null}
      </Table.Td>
      <Table.Td>
        {role === 'field' || role === 'timestamp' ? (
          <NativeSelect
            size="xs"
            aria-label={`Form of ${column}`}
            data={role === 'field' ? TYPES : FORMATS}
            value={type}
            onChange={({ currentTarget }) => change({ type: currentTarget.value })}
          />
        ) : null}
      </Table.Td>
    </>
  );
}
