import { Button, Group, Menu, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconWand } from '@tabler/icons-react';
import type { Kind, Values } from '../destinations/field';
import { filled, SettingsFields } from '../destinations/settings-fields';
import { type Definition, keepsAudience, ofPreset } from './definition';
import { FromFields } from './from-fields';
import { MappingEditor } from './mapping-editor';
import { usePaths } from './paths';

/** All that a connection says: what it takes, which action, how its fields are filled. */
export function DefinitionForm({
  kind,
  definition,
  onChange,
}: {
  readonly kind: Kind;
  readonly definition: Definition;
  readonly onChange: (definition: Definition) => void;
}) {
  const action = kind.actions[definition.action];
  const paths = usePaths(eventNamed(definition.events));
  return (
    <Stack gap="md">
      <Paper withBorder p="md" radius="md">
        <FromFields
          definition={definition}
          canKeepAudience={kind.audience !== undefined}
          canTakeSnapshots={action?.takesSnapshots === true}
          snapshotMapping={
            kind.presets.find(({ from, action: of }) => 'snapshot' in from && of === definition.action)
              ?.mapping
          }
          onChange={onChange}
        />
        {keepsAudience(definition) && kind.audience !== undefined ? (
          <AudienceFields audience={kind.audience} definition={definition} onChange={onChange} />
        ) : null}
      </Paper>
      <Paper withBorder p="md" radius="md">
        <Stack gap="sm">
          <Group justify="space-between">
            <Title order={2}>What the tool does with it</Title>
            <Presets kind={kind} onChoose={onChange} />
          </Group>
          <Select
            label="Action"
            description={action?.description}
            data={Object.entries(kind.actions).map(([value, { title }]) => ({ value, label: title }))}
            value={definition.action}
            allowDeselect={false}
            searchable
            onChange={(chosen) => onChange({ ...definition, action: chosen ?? '', mapping: {}, options: {} })}
          />
          {action?.options === undefined ? null : (
            <SettingsFields
              fields={action.options}
              values={definition.options}
              onChange={(options) => onChange({ ...definition, options })}
            />
          )}
        </Stack>
      </Paper>
      <Paper withBorder p="md" radius="md">
        {action === undefined ? (
          <Text size="sm">This tool has no such action any more: choose another.</Text>
        ) : (
          <MappingEditor
            key={definition.action}
            fields={action.fields}
            mapping={definition.mapping}
            paths={paths}
            onChange={(mapping) => onChange({ ...definition, mapping })}
          />
        )}
      </Paper>
    </Stack>
  );
}

/** What the list in the tool is called there, and what else it asks for. */
function AudienceFields({
  audience: { fields, canCreate },
  definition,
  onChange,
}: {
  readonly audience: NonNullable<Kind['audience']>;
  readonly definition: Definition;
  readonly onChange: (definition: Definition) => void;
}) {
  const { options } = definition;
  const put = (name: string, value: unknown) => {
    const { [name]: _, ...others } = options;
    onChange({ ...definition, options: value === undefined ? others : { ...others, [name]: value } });
  };
  return (
    <Stack gap="sm" mt="sm">
      <TextInput
        label="Id of the list in the tool"
        description={
          canCreate
            ? 'Empty: a new list is made there when the connection is created.'
            : 'Make the list there first; this tool lets nobody else do it.'
        }
        withAsterisk={!canCreate}
        value={typeof options.external_audience_id === 'string' ? options.external_audience_id : ''}
        onChange={({ currentTarget }) => put('external_audience_id', currentTarget.value || undefined)}
      />
      <SettingsFields
        fields={fields}
        values={(options.audience_settings ?? {}) as Values}
        onChange={(values) => put('audience_settings', filled(values))}
      />
    </Stack>
  );
}

function Presets({
  kind: { presets },
  onChoose,
}: {
  readonly kind: Kind;
  readonly onChoose: (definition: Definition) => void;
}) {
  if (presets.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconWand size={14} />}>
          Begin with a preset
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {presets.map((preset, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: presets may have the same name.
          <Menu.Item key={index} onClick={() => onChoose(ofPreset(preset))}>
            {preset.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The name of the event that is asked for, where that is one alone. */
function eventNamed(events: string | undefined): string | undefined {
  const [, name] = /^\s*(?:track\s+)?"([^"]+)"(?!.*\bor\b)/.exec(events ?? '') ?? [];
  return name;
}
