import { ActionIcon, Button, Checkbox, CloseButton } from '@mantine/core';
import { IconArrowUp, IconTrash } from '@tabler/icons-react';
import classes from './builder.module.css';
import { CorrelationEditor } from './correlation-editor';
import { put, replaced, type Step } from './definition';
import { SelectorEditor } from './selector-editor';
import { useKnownNames } from './use-known-names';
import { DurationInput } from './words';

/** One step of a sequence. */
export function StepEditor({
  step,
  index,
  path,
  isLast,
  onChange,
  onUp,
  onRemove,
}: {
  readonly step: Step;
  readonly index: number;
  readonly path: string;
  readonly isLast: boolean;
  readonly onChange: (step: Step) => void;
  readonly onUp: (() => void) | undefined;
  readonly onRemove: (() => void) | undefined;
}) {
  const label = `Step ${index + 1}`;
  return (
    <div className={classes.step}>
      <SelectorEditor
        selector={step}
        path={path}
        label={label}
        onChange={onChange}
        before={
          <span className={classes.word}>
            {index === 0 ? '1.' : `${index + 1}. then`}
            {step.absent ? ' not' : ''}
          </span>
        }
        after={
          <>
            {onUp === undefined ? null : (
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={`${label}: move up`}
                onClick={onUp}
              >
                <IconArrowUp size={14} />
              </ActionIcon>
            )}
            {onRemove === undefined ? null : (
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={`${label}: remove`}
                onClick={onRemove}
              >
                <IconTrash size={14} />
              </ActionIcon>
            )}
          </>
        }
      />
      {index === 0 ? null : (
        <StepLimits step={step} label={label} path={path} isLast={isLast} onChange={onChange} />
      )}
    </div>
  );
}

function StepLimits({
  step,
  label,
  path,
  isLast,
  onChange,
}: {
  readonly step: Step;
  readonly label: string;
  readonly path: string;
  readonly isLast: boolean;
  readonly onChange: (step: Step) => void;
}) {
  const { within, without = [], same, absent = false } = step;
  const known = useKnownNames();
  return (
    <>
      <div className={`${classes.row} ${classes.below}`}>
        {within === undefined ? (
          <Button size="compact-xs" variant="subtle" onClick={() => onChange({ ...step, within: '1 hour' })}>
            within a time
          </Button>
        ) : (
          <>
            <span className={classes.word}>within</span>
            <DurationInput
              label={`${label}: within`}
              value={within}
              onChange={(next) => onChange({ ...step, within: next })}
            />
            {absent ? null : (
              <CloseButton
                size="sm"
                aria-label={`${label}: without a limit`}
                onClick={() => onChange(put(step, 'within', undefined))}
              />
            )}
          </>
        )}
        {isLast ? (
          <Checkbox
            size="xs"
            label="did not happen"
            checked={absent}
            onChange={({ currentTarget: { checked } }) =>
              onChange(
                checked
                  ? { ...step, absent: true, within: within ?? '1 hour' }
                  : put(step, 'absent', undefined),
              )
            }
          />
        ) : null}
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => onChange({ ...step, without: [...without, { event: '' }] })}
        >
          without between
        </Button>
        <CorrelationEditor
          same={same}
          fields={known.fieldsOf(step)}
          offer="shared value here"
          onChange={(next) => onChange(put(step, 'same', next))}
        />
      </div>
      {without.map((selector, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: selectors have no names but their places.
        <div key={place} className={classes.below}>
          <SelectorEditor
            selector={selector}
            path={`${path}.without[${place}]`}
            label={`${label}: not between`}
            before={<span className={classes.word}>and between no</span>}
            after={
              <CloseButton
                size="sm"
                aria-label={`${label}: remove what must not come between`}
                onClick={() => {
                  const rest = replaced(without, place, undefined);
                  onChange(put(step, 'without', rest.length === 0 ? undefined : rest));
                }}
              />
            }
            onChange={(next) => onChange({ ...step, without: replaced(without, place, next) })}
          />
        </div>
      ))}
    </>
  );
}
