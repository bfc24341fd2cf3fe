import { Chip, CloseButton, TextInput } from '@mantine/core';
import classes from './builder.module.css';
import { type During, put } from './definition';
import { FigureInput } from './words';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Days of the week and hours of the day. */
export function DuringEditor({
  during,
  onChange,
}: {
  readonly during: During;
  readonly onChange: (during: During | undefined) => void;
}) {
  const { hours, days = [], zone } = during;
  const { from = 0, to = 24 } = hours ?? {};
  const setHours = (next: { from: number; to: number }) =>
    onChange(put(during, 'hours', next.from === 0 && next.to === 24 ? undefined : next));
  return (
    <div className={classes.row}>
      <span className={classes.word}>on</span>
      <Chip.Group
        multiple
        value={days.map(String)}
        onChange={(next) =>
          onChange(put(during, 'days', next.length === 0 ? undefined : next.map(Number).sort()))
        }
      >
        {DAYS.map((name, index) => (
          <Chip key={name} size="xs" value={String(index + 1)}>
            {name}
          </Chip>
        ))}
      </Chip.Group>
      <span className={classes.word}>from</span>
      <FigureInput
        label="From hour"
        width={48}
        value={from}
        onChange={(next) => setHours({ from: next, to })}
      />
      <span className={classes.word}>to</span>
      <FigureInput label="To hour" width={48} value={to} onChange={(next) => setHours({ from, to: next })} />
      <span className={classes.word}>o'clock in</span>
      <TextInput
        size="xs"
        w={130}
        aria-label="Zone"
        placeholder="the person's zone"
        value={zone ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange(put(during, 'zone', value === '' ? undefined : value))
        }
      />
      <CloseButton size="sm" aria-label="Without a time of day" onClick={() => onChange(undefined)} />
    </div>
  );
}
