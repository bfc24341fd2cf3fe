import { TextInput } from '@mantine/core';
import classes from './builder.module.css';
import type { Window } from './definition';
import { SelectorEditor } from './selector-editor';
import { DurationInput, WordSelect } from './words';

const KINDS = {
  ever: 'at any time',
  last: 'in the last',
  between: 'between',
  since: 'since the last',
} as const;

/** Which times of the events count. */
export function WindowEditor({
  window,
  path,
  onChange,
  withSince = true,
}: {
  readonly window: Window | undefined;
  readonly path: string;
  readonly onChange: (window: Window | undefined) => void;
  /** Sequences know no window since another event. */
  readonly withSince?: boolean;
}) {
  const { since: _, ...simple } = KINDS;
  const setKind = (kind: Window['kind']) => {
    if (kind === 'ever') onChange(undefined);
    else if (kind === 'last') onChange({ kind, duration: '30 days' });
    else if (kind === 'between') onChange({ kind });
    else onChange({ kind, event: { event: '' } });
  };
  return (
    <>
      <div className={classes.row}>
        <WordSelect<Window['kind']>
          label="When"
          value={window?.kind ?? 'ever'}
          words={withSince ? KINDS : simple}
          onChange={setKind}
        />
        {window?.kind === 'last' ? (
          <DurationInput
            label="Window"
            value={window.duration}
            onChange={(duration) => onChange({ ...window, duration })}
          />
        ) : null}
        {window?.kind === 'between' ? (
          <>
            <End
              label="From (included)"
              value={window.from}
              onChange={(from) => onChange(ends(from, window.to))}
            />
            <span className={classes.word}>and</span>
            <End label="To (excluded)" value={window.to} onChange={(to) => onChange(ends(window.from, to))} />
          </>
        ) : null}
      </div>
      {window?.kind === 'since' ? (
        <div className={classes.step}>
          <SelectorEditor
            selector={window.event}
            path={`${path}.event`}
            label="Since the last event"
            onChange={(event) => onChange({ ...window, event })}
          />
        </div>
      ) : null}
    </>
  );
}

function End({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextInput
      size="xs"
      w={150}
      aria-label={label}
      placeholder="2026-03-01, or open"
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function ends(from: string | undefined, to: string | undefined): Window {
  return {
    kind: 'between',
    ...(from === undefined || from === '' ? {} : { from }),
    ...(to === undefined || to === '' ? {} : { to }),
  };
}
