import { Button } from '@mantine/core';
import { IconClock, IconFilter } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './builder.module.css';
import { ConditionEditor, oneMore } from './condition-editor';
import { put, type Selector } from './definition';
import { DuringEditor } from './during-editor';
import { useKnownNames } from './use-known-names';
import { NameInput, WordSelect } from './words';

const KINDS = {
  event: 'event',
  page: 'page view',
  screen: 'screen view',
  identify: 'identify',
  group: 'group',
  alias: 'alias',
  anything: 'anything',
} as const;
type Kind = keyof typeof KINDS;

/** Which events: their name or type, what they must hold, and when in the day and week. */
export function SelectorEditor<Chosen extends Selector>({
  selector,
  path,
  onChange,
  before,
  after,
  label = 'Event',
}: {
  readonly selector: Chosen;
  readonly path: string;
  readonly onChange: (selector: Chosen) => void;
  /** On the same line. */
  readonly before?: ReactNode;
  readonly after?: ReactNode;
  readonly label?: string;
}) {
  const known = useKnownNames();
  const { event, type, name, where, during } = selector;
  const kind: Kind = event !== undefined ? 'event' : (type ?? 'anything');
  const hasName = kind === 'page' || kind === 'screen';
  const setKind = (next: Kind) => {
    const rest = put(put(put(selector, 'event', undefined), 'type', undefined), 'name', undefined);
    onChange(
      next === 'anything' ? rest : next === 'event' ? { ...rest, event: '' } : { ...rest, type: next },
    );
  };
  return (
    <>
      <div className={classes.row}>
        {before}
        <WordSelect label={`${label}: kind`} value={kind} words={KINDS} width={96} onChange={setKind} />
        {event !== undefined ? (
          <NameInput
            label={label}
            placeholder="Order Completed"
            value={event}
            known={known.namesOf('track')}
            onChange={(next) => onChange({ ...selector, event: next })}
          />
        ) : hasName ? (
          <NameInput
            label={`${label}: name`}
            placeholder="any"
            value={name ?? ''}
            known={known.namesOf(kind)}
            onChange={(next) => onChange(put(selector, 'name', next === '' ? undefined : next))}
          />
        ) : null}
        {after}
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconFilter size={13} />}
          onClick={() => onChange({ ...selector, where: oneMore(where) })}
        >
          where
        </Button>
        {during === undefined ? (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconClock size={13} />}
            onClick={() => onChange({ ...selector, during: { days: [1, 2, 3, 4, 5] } })}
          >
            when
          </Button>
        ) : null}
      </div>
      {where === undefined ? null : (
        <div className={classes.below}>
          <ConditionEditor
            condition={where}
            path={`${path}.where`}
            fields={known.fieldsOf(selector)}
            onChange={(next) => onChange(put(selector, 'where', next))}
          />
        </div>
      )}
      {during === undefined ? null : (
        <div className={classes.below}>
          <DuringEditor during={during} onChange={(next) => onChange(put(selector, 'during', next))} />
        </div>
      )}
    </>
  );
}
