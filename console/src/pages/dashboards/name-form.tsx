import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormError } from '../../ui/form-error';

/** Asks what something is called, and where there is an `about`, what it is for. */
export function NameForm({
  title,
  label,
  name: before,
  about: aboutBefore,
  save,
  error,
  isPending,
  onSave,
  onClose,
}: {
  readonly title: string;
  /** Of the name. */
  readonly label: string;
  readonly name: string;
  readonly about?: string;
  /** What the button says. */
  readonly save: string;
  readonly error?: unknown;
  readonly isPending: boolean;
  readonly onSave: (name: string, about: string) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(before);
  const [about, setAbout] = useState(aboutBefore ?? '');
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave(name.trim(), about);
        }}
      >
        <Stack gap="sm">
          <FormError error={error} />
          <TextInput
            label={label}
            required
            maxLength={200}
            data-autofocus
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          {aboutBefore === undefined ? null : (
            <Textarea
              label="About"
              description="What it is for."
              autosize
              minRows={2}
              maxLength={2_000}
              value={about}
              onChange={({ currentTarget }) => setAbout(currentTarget.value)}
            />
          )}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isPending} disabled={name.trim() === ''}>
              {save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
