import { Button, Group, Paper, Text, TextInput, Title, Tooltip } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useSourceNames } from '../api/use-source-names';
import { count, counted } from './figure';
import { Moment } from './moment';
import { shown } from './person';
import classes from './trait-table.module.css';

/** The event that gave a value. */
interface Origin {
  readonly sourceId: string;
  readonly messageId: string;
  readonly at: string;
}

/** A value that does not count. */
interface Alternative extends Origin {
  readonly value?: unknown;
}

/** Fields from which on one may be searched for. */
const SEARCHED_FROM = 12;

/** Traits as they count, where each came from, and what else was said. */
export function TraitTable({
  traits,
  provenance,
  alternatives = {},
}: {
  readonly traits: Readonly<Record<string, unknown>>;
  readonly provenance: Readonly<Record<string, Origin | { readonly computed: true }>>;
  readonly alternatives?: Readonly<Record<string, readonly Alternative[]>>;
}) {
  const [search, setSearch] = useState('');
  const names = Object.keys(traits).sort();
  const found = names.filter((name) =>
    `${name} ${shown(traits[name])}`.toLowerCase().includes(search.toLowerCase()),
  );
  return (
    <Paper withBorder>
      <Group justify="space-between" px={14} py={10} mih={50}>
        <Title order={2} fz="sm">
          Traits{' '}
          <Text span size="xs" fw={400} className="quiet number">
            {count(names.length)}
          </Text>
        </Title>
        {names.length < SEARCHED_FROM ? null : (
          <TextInput
            size="xs"
            w={180}
            aria-label="Search traits"
            placeholder="Search traits"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        )}
      </Group>
      {names.length === 0 ? (
        <Text size="sm" className="quiet" px={14} pb={14}>
          Nothing is known yet: traits come with identify calls and imports.
        </Text>
      ) : null}
      {found.map((name) => (
        <TraitRow
          key={name}
          name={name}
          value={traits[name]}
          origin={provenance[name]}
          alternatives={alternatives[name] ?? []}
        />
      ))}
    </Paper>
  );
}

function TraitRow({
  name,
  value,
  origin,
  alternatives,
}: {
  readonly name: string;
  readonly value: unknown;
  readonly origin: Origin | { readonly computed: true } | undefined;
  readonly alternatives: readonly Alternative[];
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={classes.row}>
      <Text size="sm" className="quiet" style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Text>
      <div>
        <Text size="sm" className={classes.value} span>
          {shown(value)}
        </Text>
        {alternatives.length === 0 ? null : (
          <Button
            size="compact-xs"
            variant="light"
            color="yellow"
            ml={8}
            aria-expanded={isOpen}
            aria-label={`${counted(alternatives.length, 'other')} of ${name}`}
            onClick={() => setOpen(!isOpen)}
          >
            {counted(alternatives.length, 'other')}
          </Button>
        )}
      </div>
      <OriginText origin={origin} />
      {isOpen ? (
        <div className={classes.others}>
          {alternatives.map((one) => (
            <div key={`${one.messageId} ${shown(one.value)}`} className={classes.other}>
              <Text size="sm" className={`${classes.value} quiet`} td="line-through">
                {shown(one.value)}
              </Text>
              <OriginText origin={one} />
            </div>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function OriginText({ origin }: { readonly origin: Origin | { readonly computed: true } | undefined }) {
  const nameOfSource = useSourceNames();
  if (origin === undefined) return <span />;
  if ('computed' in origin)
    return (
      <Text size="xs" className="quiet">
        computed from events
      </Text>
    );
  return (
    <Text size="xs" className="quiet">
      <Tooltip label={`Message ${origin.messageId}`}>
        <span>{nameOfSource(origin.sourceId)}</span>
      </Tooltip>{' '}
      · <Moment at={origin.at} />
    </Text>
  );
}
