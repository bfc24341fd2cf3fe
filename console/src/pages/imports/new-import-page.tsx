import { Alert, Button, FileInput, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Failed } from '../../ui/failed';
import { Page } from '../../ui/page';
import { ColumnTable } from './column-table';
import { type Choices, guessChoices } from './guess';
import { mappingOf } from './mapping-of';
import { Preview } from './preview';
import { readSample, type Sample } from './sample';

/** A file becomes an import: chosen, mapped, looked at, started. */
export function NewImportPage() {
  const { role, personalData } = useUser();
  const [file, setFile] = useState<File | null>(null);
  const [sample, setSample] = useState<Sample>();
  const [choices, setChoices] = useState<Choices>();
  const [source, setSource] = useState('');
  const [fault, setFault] = useState<string>();
  const choose = async (chosen: File | null) => {
    setFile(chosen);
    setSample(undefined);
    setFault(undefined);
    if (chosen === null) return;
    try {
      const read = await readSample(chosen);
      setSample(read);
      setChoices(guessChoices(read));
      setSource((now) => now || chosen.name.replace(/\.(csv|tsv|txt|jsonl?|ndjson)?(\.gz)?$/i, ''));
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Page
      title="New import"
      text="Choose a file, say what its columns are, and look at real rows. Nothing is stored before you start it."
      up={{ label: 'Imports', to: '/imports' }}
    >
      {role === 'viewer' || !personalData ? (
        <Alert color="orange" title="You may not import">
          Editors and owners with the right to personal data may.
        </Alert>
      ) : (
        <>
          <Paper withBorder p="md" radius="md">
            <Stack gap="sm" maw={560}>
              <Title order={2}>1. The file</Title>
              <FileInput
                label="File"
                description="CSV, tab-separated values or JSON lines, of any size; packed with gzip if you like."
                placeholder="Choose a file"
                leftSection={<IconFileUpload size={16} aria-hidden />}
                clearable
                clearButtonProps={{ 'aria-label': 'Take the file away' }}
                value={file}
                onChange={(chosen) => void choose(chosen)}
                error={fault}
              />
              <TextInput
                label="Source"
                description="Its rows become events of this one; it is made if there is none of that name. Into the same source a file counts once."
                value={source}
                onChange={({ currentTarget }) => setSource(currentTarget.value)}
              />
            </Stack>
          </Paper>
          {file !== null && sample !== undefined && choices !== undefined ? (
            <>
              <Paper withBorder p="md" radius="md">
                <Title order={2} mb="sm">
                  2. The columns
                </Title>
                <ColumnTable sample={sample} choices={choices} onChange={setChoices} />
              </Paper>
              <Preview mapping={mappingOf(choices, sample)} sample={sample} />
              <Start file={file} source={source} mapping={mappingOf(choices, sample)} />
            </>
          ) : null}
        </>
      )}
    </Page>
  );
}

function Start({
  file,
  source,
  mapping,
}: {
  readonly file: File;
  readonly source: string;
  readonly mapping: ReturnType<typeof mappingOf>;
}) {
  const navigate = useNavigate();
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>();
  const start = async () => {
    setSending(true);
    setError(undefined);
    try {
      const { data } = await client.POST('/api/v1/imports', {
        body: { source: { name: source.trim() }, file: file.name, mapping },
      });
      // Invariant: an answer that is no success was thrown.
      const { id } = data as NonNullable<typeof data>;
      await client.PUT('/api/v1/imports/{id}/content', {
        params: { path: { id } },
        // The document says nothing of its form: it is the file as it is.
        body: file as never,
        bodySerializer: (body: unknown) => body as File,
        headers: {
          'content-type': 'application/octet-stream',
          ...(/\.gz$/i.test(file.name) ? { 'content-encoding': 'gzip' } : {}),
        },
      });
      await navigate({ to: '/imports/$importId', params: { importId: id } });
    } catch (problem) {
      setError(problem);
      setSending(false);
    }
  };
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <Title order={2}>4. Start</Title>
        {error === undefined ? null : <Failed error={error} />}
        <Group justify="space-between">
          <Text size="sm" className="quiet">
            {isSending
              ? 'The file is on its way. Stay on this page until it is there.'
              : 'The file is sent to your server. After that it goes on by itself, and you may leave.'}
          </Text>
          <Button onClick={() => void start()} loading={isSending} disabled={source.trim() === ''}>
            Import {file.name}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
