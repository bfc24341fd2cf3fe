import { Button, Drawer, Group, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { IconCopy, IconPencil } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { useSourceNames } from '../../api/use-source-names';
import { Confirm } from '../../ui/confirm';
import { EditorsOnly } from '../../ui/editors-only';
import { Figure } from '../../ui/figure';
import { AnchorLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { Snippet } from '../../ui/snippet';
import type { Rule } from './alert-fields';
import type { RuleForm } from './rule-form';
import { RuleState } from './rule-state';
import { figureOf, whenFires } from './rule-words';

interface DrawerProps {
  readonly nameOf: (id: string) => string | undefined;
  /** It is to be changed, or another one like it is wanted. */
  readonly onForm: (form: RuleForm) => void;
  readonly onClose: () => void;
}

/** One rule: what it sees, whom it tells, and what can be done with it. */
export function RuleDrawer({ rule, ...props }: DrawerProps & { readonly rule: Rule | undefined }) {
  return (
    <Drawer opened={rule !== undefined} onClose={props.onClose} position="right" size="lg" title={rule?.name}>
      {rule === undefined ? null : <RuleBody rule={rule} {...props} />}
    </Drawer>
  );
}

function RuleBody({ rule, nameOf, onForm, onClose }: DrawerProps & { readonly rule: Rule }) {
  const { url, email, createdAt, firingSince } = rule;
  return (
    <Stack gap="md">
      <Text size="sm">
        {whenFires(rule)}, <Watched rule={rule} nameOf={nameOf} />.
      </Text>
      <SimpleGrid cols={2} spacing="sm">
        <Figure
          label="State"
          value={<RuleState rule={rule} />}
          note={
            firingSince === null ? undefined : (
              <>
                since <Moment at={firingSince} />
              </>
            )
          }
        />
        <Figure label="When it last looked" value={figureOf(rule)} />
      </SimpleGrid>
      <div>
        <Text size="sm" fw={600} mb={4}>
          Tells
        </Text>
        {email === undefined ? (
          <Snippet text={url ?? ''} label="the address" />
        ) : (
          <Text size="sm">
            {email.to}, by {nameOf(email.destination) ?? email.destination}
          </Text>
        )}
      </div>
      <Text size="xs" className="quiet">
        Made <Moment at={createdAt} />.
      </Text>
      <EditorsOnly>
        <RuleActions rule={rule} onForm={onForm} onClose={onClose} />
      </EditorsOnly>
    </Stack>
  );
}

function Watched({
  rule: { source, destination },
  nameOf,
}: Pick<DrawerProps, 'nameOf'> & { readonly rule: Rule }) {
  const nameOfSource = useSourceNames();
  if (source === undefined)
    return destination === undefined ? 'at any destination' : `at ${nameOf(destination) ?? destination}`;
  return (
    <>
      from{' '}
      <AnchorLink to="/sources/$sourceId" params={{ sourceId: source }} size="sm">
        {nameOfSource(source)}
      </AnchorLink>
    </>
  );
}

function RuleActions({
  rule,
  onForm,
  onClose,
}: Pick<DrawerProps, 'onForm' | 'onClose'> & { readonly rule: Rule }) {
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: ['get', '/api/v1/alert-rules'] });
  const change = api.useMutation('patch', '/api/v1/alert-rules/{id}', { onSuccess: refresh });
  const remove = api.useMutation('delete', '/api/v1/alert-rules/{id}', {
    onSuccess() {
      refresh();
      onClose();
    },
  });
  const { id, name, enabled } = rule;
  const params = { path: { id } };
  return (
    <Stack gap="md">
      <Switch
        label="Look, and tell"
        description="While it is off nobody is told, not even that it is over."
        checked={enabled}
        disabled={change.isPending}
        onChange={({ currentTarget }) => change.mutate({ params, body: { enabled: currentTarget.checked } })}
      />
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<IconPencil size={16} />}
          onClick={() => onForm({ rule, isNew: false })}
        >
          Change
        </Button>
        <Button
          variant="default"
          leftSection={<IconCopy size={16} />}
          onClick={() => onForm({ rule, isNew: true })}
        >
          Make another like it
        </Button>
        <Confirm
          label="Delete"
          title={`Delete ${name}?`}
          text="Nobody is told by it any more, not even that what it tells of now is over. This cannot be undone."
          isPending={remove.isPending}
          onConfirm={() => remove.mutate({ params })}
        />
      </Group>
    </Stack>
  );
}
