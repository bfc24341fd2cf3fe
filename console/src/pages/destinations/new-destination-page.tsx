import { Anchor, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Awaited } from '../../ui/awaited';
import { Failed } from '../../ui/failed';
import { AnchorLink } from '../../ui/links';
import { Page } from '../../ui/page';
import { ConsentFields, type ConsentGiven, isConsentStated } from './consent-fields';
import { fieldsOf, type Kind } from './field';
import { Monogram } from './monogram';
import { defaultsOf, filled, SettingsFields } from './settings-fields';

/** Sets up a tool, by what its kind asks for. */
export function NewDestinationPage() {
  const { kind: name } = useParams({ from: '/destinations/new/$kind' });
  const { data, error, refetch } = api.useQuery('get', '/api/v1/destination-kinds/{kind}', {
    params: { path: { kind: name } },
  });
  if (data === undefined)
    return (
      <Awaited
        title="Connect a tool"
        up={{ label: 'All tools', to: '/destinations/catalogue' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return (
    <Page
      title={`Connect ${data.title}`}
      text={data.description}
      up={{ label: 'All tools', to: '/destinations/catalogue' }}
    >
      <SetUp key={data.kind} kind={data} />
    </Page>
  );
}

function SetUp({ kind }: { readonly kind: Kind }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { role } = useUser();
  const [name, setName] = useState(kind.title);
  const [settings, setSettings] = useState(() => defaultsOf(kind.settings));
  const [consent, setConsent] = useState<ConsentGiven>({ purposes: [], consentNotRequired: null });
  const create = api.useMutation('post', '/api/v1/destinations', {
    meta: { quiet: true },
    onSuccess({ id }) {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/destinations'] });
      void navigate({ to: '/destinations/$destinationId', params: { destinationId: id } });
    },
  });
  const body = {
    ...{ name, kind: kind.kind, settings: filled(settings) },
    ...(consent.consentNotRequired === null
      ? { purposes: [...consent.purposes] }
      : { consentNotRequired: consent.consentNotRequired }),
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ body });
      }}
    >
      <Stack gap="md" maw={720}>
        <Paper withBorder p="md" radius="md">
          <Stack gap="sm">
            <About kind={kind} />
            <TextInput
              label="Name"
              description="What you call it here. A tool may be connected more than once."
              required
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
            <SettingsFields fields={kind.settings} values={settings} onChange={setSettings} />
          </Stack>
        </Paper>
        <Paper withBorder p="md" radius="md">
          <ConsentFields value={consent} onChange={setConsent} />
        </Paper>
        {create.error ? <Failed error={create.error} /> : null}
        <Group>
          <Button
            type="submit"
            loading={create.isPending}
            disabled={!isConsentStated(consent) || role === 'viewer'}
          >
            Create destination
          </Button>
          <Text size="sm" className="quiet">
            {role === 'viewer'
              ? 'Your role may look only: ask an editor.'
              : 'Nothing is sent before you add a connection.'}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

function About({ kind: { title, docsUrl, settings, actions } }: { readonly kind: Kind }) {
  const secrets = fieldsOf(settings).some(([, field]) => field.secret === true);
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Monogram title={title} size={40} />
      <div>
        <Title order={2}>Settings</Title>
        <Text size="sm" className="quiet">
          {Object.keys(actions).length === 1 ? 'One action' : `${Object.keys(actions).length} actions`}.
          {secrets ? ' Secrets are encrypted, and never shown again.' : ''}{' '}
          {docsUrl === undefined ? null : (
            <Anchor href={docsUrl} target="_blank" rel="noreferrer" size="sm">
              What its makers write
            </Anchor>
          )}{' '}
          <AnchorLink to="/destinations/catalogue" size="sm">
            Another tool
          </AnchorLink>
        </Text>
      </div>
    </Group>
  );
}
