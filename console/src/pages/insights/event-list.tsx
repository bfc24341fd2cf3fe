import { ActionIcon, Button, Stack } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import classes from '../segments/builder/builder.module.css';
import { replaced, type Selector } from '../segments/builder/definition';
import { SelectorEditor } from '../segments/builder/selector-editor';

/** Events that a question is about, one after the other. */
export function EventList({
  events,
  label,
  min,
  max,
  onChange,
}: {
  readonly events: readonly Selector[];
  /** What one of them is called. */
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly onChange: (events: Selector[]) => void;
}) {
  return (
    <Stack gap="xs" align="stretch">
      {events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no names but their places.
        <div key={index} className={classes.step} style={{ marginTop: 0 }}>
          <SelectorEditor
            selector={event}
            path={`${label}[${index}]`}
            label={`${label} ${index + 1}`}
            before={<span className={classes.word}>{index + 1}.</span>}
            after={
              events.length <= min ? null : (
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`${label} ${index + 1}: remove`}
                  onClick={() => onChange(replaced(events, index, undefined))}
                >
                  <IconTrash size={14} />
                </ActionIcon>
              )
            }
            onChange={(next) => onChange(replaced(events, index, next))}
          />
        </div>
      ))}
      {events.length >= max ? null : (
        <div>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange([...events, { event: '' }])}
          >
            {label}
          </Button>
        </div>
      )}
    </Stack>
  );
}
