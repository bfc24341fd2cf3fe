import {
  Accordion,
  Badge,
  Button,
  Group,
  Paper,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { KindIcon } from '../../ui/kind';
import { IdentifierForm } from './identifier-form';
import { type IdentifierRule, type Rules, trimmed } from './rules-types';
import { TraitRulesForm } from './trait-rules-form';

/** The rules as fields. What has no field here is kept, and can be changed as JSON. */
export function RulesForm({
  rules,
  onChange,
}: {
  readonly rules: Rules;
  readonly onChange: (rules: Rules) => void;
}) {
  const setIdentifiers = (identifiers: readonly IdentifierRule[]) =>
    onChange({ ...rules, identifiers: [...identifiers] });
  const add = () => {
    const kind = `card${rules.identifiers.some((rule) => rule.kind === 'card') ? `_${rules.identifiers.length}` : ''}`;
    setIdentifiers([...rules.identifiers, { kind, from: ['traits.cardNumber'], link: 'attach' }]);
  };
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <Group justify="space-between" mb="xs">
          <div>
            <Title order={2} fz="md">
              Kinds of identifiers
            </Title>
            <Text size="xs" className="quiet">
              The strongest first. A person is called by the strongest that they have.
            </Text>
          </div>
          <Button size="xs" variant="light" leftSection={<IconPlus size={14} />} onClick={add}>
            Add a kind
          </Button>
        </Group>
        <Accordion variant="separated" radius="md">
          {rules.identifiers.map((rule, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a kind may be renamed, and has its place.
            <Accordion.Item key={index} value={String(index)}>
              <Accordion.Control>
                <Summary rule={rule} />
              </Accordion.Control>
              <Accordion.Panel>
                <IdentifierForm
                  rule={rule}
                  onChange={(next) => setIdentifiers(rules.identifiers.with(index, next))}
                  onMove={index === 0 ? undefined : () => setIdentifiers(raised(rules.identifiers, index))}
                  onRemove={
                    rules.identifiers.length === 1
                      ? undefined
                      : () => setIdentifiers(rules.identifiers.filter((_, at) => at !== index))
                  }
                />
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      </Paper>
      <Normalising rules={rules} onChange={onChange} />
      <TraitRulesForm
        rules={rules.traits ?? []}
        onChange={(traits) => onChange(trimmed({ ...rules, traits: [...traits] }))}
      />
    </Stack>
  );
}

/** With one of them a place further up. */
function raised(rules: readonly IdentifierRule[], index: number): IdentifierRule[] {
  const moved = rules.slice(index, index + 1);
  const others = rules.filter((_, at) => at !== index);
  return [...others.slice(0, index - 1), ...moved, ...others.slice(index - 1)];
}

function Summary({ rule }: { readonly rule: IdentifierRule }) {
  const { kind, link = 'attach', unique, moves, limit, peopleMax } = rule;
  const words = [
    link === 'merge' ? 'joins people' : 'goes along',
    unique ? 'one a person' : undefined,
    moves ? 'moves on' : undefined,
    limit ? `up to ${limit.count}${limit.days ? ` in ${limit.days} days` : ''}` : undefined,
    peopleMax ? `shared by ${peopleMax} at most` : undefined,
  ].filter((word) => word !== undefined);
  return (
    <Group gap="sm">
      <KindIcon kind={kind} size={16} />
      <Text size="sm" fw={600}>
        {kind}
      </Text>
      {words.map((word) => (
        <Badge key={word} variant="light" color={word === 'joins people' ? 'river' : 'gray'}>
          {word}
        </Badge>
      ))}
    </Group>
  );
}

function Normalising({
  rules,
  onChange,
}: {
  readonly rules: Rules;
  readonly onChange: (rules: Rules) => void;
}) {
  const { email = {}, phone = {} } = rules;
  const withEmail = (next: typeof email) => {
    const kept = trimmed({ ...email, ...next });
    const { email: _, ...rest } = rules;
    onChange(Object.keys(kept).length === 0 ? rest : { ...rest, email: kept });
  };
  const withCountry = (country: string) => {
    const kept = trimmed({ ...phone, country: country.toUpperCase().slice(0, 2) });
    const { phone: _, ...rest } = rules;
    onChange(Object.keys(kept).length === 0 ? rest : { ...rest, phone: kept });
  };
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="md" mb="sm">
        How values are made comparable
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <TagsInput
          label="Domains that ignore dots"
          placeholder="gmail.com"
          value={email.ignoreDots ?? []}
          onChange={(ignoreDots) => withEmail({ ignoreDots })}
        />
        <TagsInput
          label="Domains that ignore +tags"
          placeholder="gmail.com"
          value={email.ignorePlus ?? []}
          onChange={(ignorePlus) => withEmail({ ignorePlus })}
        />
        <TextInput
          label="Country of numbers without a prefix"
          placeholder="DE"
          value={phone.country ?? ''}
          onChange={({ currentTarget }) => withCountry(currentTarget.value)}
        />
      </SimpleGrid>
    </Paper>
  );
}
