import { Button, Group, MultiSelect, Paper, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { paths } from '../../api/schema';

/** The document of rules. */
export type ConsentRules =
  paths['/api/v1/consent/rules']['get']['responses'][200]['content']['application/json']['rules'];
type PurposeRule = ConsentRules['purposes'][string];
type Part = { readonly [Name in 'categories' | 'tcf' | 'gpp']?: PurposeRule[Name] | undefined };

/** Purposes of the IAB's framework, by their numbers, in short. */
const TCF = [
  ...['1 · store on the device', '2 · limited advertising', '3 · profiles for advertising'],
  ...['4 · personalised advertising', '5 · profiles for content', '6 · personalised content'],
  ...['7 · measure advertising', '8 · measure content', '9 · understand audiences'],
  ...['10 · improve services', '11 · limited content'],
].map((label, index) => ({ value: String(index + 1), label }));
const OPT_OUTS = ['sale', 'sharing', 'targeted_advertising'] as const;

/** Rules purpose by purpose, without a word of JSON. */
export function PurposesForm({
  rules: { purposes },
  isLocked,
  onChange,
}: {
  readonly rules: ConsentRules;
  readonly isLocked: boolean;
  readonly onChange: (rules: ConsentRules) => void;
}) {
  const [name, setName] = useState('');
  const put = (key: string, rule: PurposeRule) => onChange({ purposes: { ...purposes, [key]: rule } });
  const remove = (key: string) => {
    const { [key]: _, ...others } = purposes;
    onChange({ purposes: others });
  };
  const isNew = name.trim() !== '' && !Object.hasOwn(purposes, name.trim());
  return (
    <Stack gap="sm">
      {Object.entries(purposes).map(([key, rule]) => (
        <PurposeFields
          key={key}
          name={key}
          rule={rule}
          isLocked={isLocked}
          onChange={(next) => put(key, next)}
          onRemove={() => remove(key)}
        />
      ))}
      <Group gap="xs">
        <TextInput
          size="xs"
          aria-label="Name of a purpose"
          placeholder="advertising"
          disabled={isLocked}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} />}
          disabled={isLocked || !isNew}
          onClick={() => {
            put(name.trim(), {});
            setName('');
          }}
        >
          Add a purpose
        </Button>
      </Group>
    </Stack>
  );
}

function PurposeFields({
  name,
  rule,
  isLocked,
  onChange,
  onRemove,
}: {
  readonly name: string;
  readonly rule: PurposeRule;
  readonly isLocked: boolean;
  readonly onChange: (rule: PurposeRule) => void;
  readonly onRemove: () => void;
}) {
  return (
    <Paper withBorder p="sm" radius="md" component="fieldset" m={0} aria-label={name} disabled={isLocked}>
      <Group justify="space-between" mb="xs">
        <Text fw={600}>{name}</Text>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconTrash size={14} />}
          aria-label={`Remove ${name}`}
          onClick={onRemove}
        >
          Remove
        </Button>
      </Group>
      <Signals name={name} rule={rule} onChange={onChange} />
    </Paper>
  );
}

function Signals({
  name,
  rule,
  onChange,
}: {
  readonly name: string;
  readonly rule: PurposeRule;
  readonly onChange: (rule: PurposeRule) => void;
}) {
  const { categories, tcf, gpp, ...rest } = rule;
  const rebuilt = (next: Part): PurposeRule => {
    const merged = { categories, tcf, gpp, ...next };
    const set = Object.entries(merged).filter(([, value]) => value !== undefined);
    return { ...rest, ...Object.fromEntries(set) };
  };
  return (
    <Stack gap="xs">
      <TagsInput
        size="xs"
        label="Categories of the banner"
        description="One that is refused refuses the purpose; all together give it. Empty: the one of the same name."
        placeholder={categories === undefined ? name : ''}
        value={categories ?? []}
        onChange={(given) => onChange(rebuilt({ categories: given.length === 0 ? undefined : given }))}
      />
      <MultiSelect
        size="xs"
        label="Purposes of a TC string that must be consented to"
        data={TCF}
        value={(tcf?.purposes ?? []).map(String)}
        onChange={(given) =>
          onChange(
            rebuilt({
              tcf:
                given.length === 0
                  ? undefined
                  : { legitimateInterest: false, ...tcf, purposes: given.map(Number) },
            }),
          )
        }
      />
      <MultiSelect
        size="xs"
        label="Opt-outs of a GPP string that refuse it"
        data={OPT_OUTS.map((value) => ({ value, label: value.replace('_', ' ') }))}
        value={gpp?.optOuts ?? []}
        onChange={(given) => {
          const optOuts = OPT_OUTS.filter((one) => given.includes(one));
          onChange(
            rebuilt({
              gpp: optOuts.length === 0 ? undefined : { notOptedOut: 'nothing', ...gpp, optOuts },
            }),
          );
        }}
      />
      {gpp === undefined ? null : (
        <Switch
          size="xs"
          label="Not opting out gives it"
          description="Else it says nothing. That is for your lawyers."
          checked={gpp.notOptedOut === 'given'}
          onChange={({ currentTarget }) =>
            onChange(rebuilt({ gpp: { ...gpp, notOptedOut: currentTarget.checked ? 'given' : 'nothing' } }))
          }
        />
      )}
    </Stack>
  );
}
