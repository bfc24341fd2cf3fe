import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';

/** A button that asks first: for what cannot be undone, with what it will do. */
export function Confirm({
  label,
  title,
  text,
  onConfirm,
  isPending = false,
  disabled = false,
  color = 'red',
  size = 'sm',
}: {
  readonly label: string;
  readonly title: string;
  readonly text: string;
  readonly onConfirm: () => void;
  readonly isPending?: boolean;
  readonly disabled?: boolean;
  readonly color?: string;
  readonly size?: 'xs' | 'sm';
}) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" size={size} onClick={open} disabled={disabled} loading={isPending}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title}>
        <Stack gap="md">
          <Text size="sm">{text}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <Button
              color={color}
              onClick={() => {
                close();
                onConfirm();
              }}
            >
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
