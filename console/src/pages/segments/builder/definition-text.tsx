import { Alert, Group, Paper, Text, Textarea, Title } from '@mantine/core';
import classes from './builder.module.css';

/** Writes a definition as text, and says what is wrong with it. */
export function DefinitionText({
  text,
  fault,
  note,
  placeholder,
  onChange,
}: {
  readonly text: string;
  readonly fault: string | undefined;
  /** A few words beside the title. */
  readonly note: string;
  readonly placeholder: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb={6}>
        <Title order={2} fz="sm">
          As text
        </Title>
        <Text size="xs" className="quiet">
          {note}
        </Text>
      </Group>
      <Textarea
        aria-label="Definition as text"
        className={classes.text}
        autosize
        minRows={5}
        maxRows={16}
        spellCheck={false}
        placeholder={placeholder}
        value={text}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {fault === undefined ? null : (
        <Alert mt="sm" p="xs" color="yellow" role="status">
          {fault}
        </Alert>
      )}
    </Paper>
  );
}
