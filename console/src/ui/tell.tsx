import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';

/** Tells what was done, and offers what may be wanted next, such as a way back. */
export function tell(text: string, next?: { readonly label: string; readonly go: () => void }): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: 8_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <span>{text}</span>
        {next === undefined ? null : (
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              notifications.hide(id);
              next.go();
            }}
          >
            {next.label}
          </Button>
        )}
      </Group>
    ),
  });
}
