import { Button, CloseButton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import classes from './builder.module.css';
import { CorrelationEditor } from './correlation-editor';
import { type Node, put, replaced, type Step, swapped } from './definition';
import { StepEditor } from './step-editor';
import { useKnownNames } from './use-known-names';
import { WindowEditor } from './window-editor';
import { DurationInput } from './words';

type Sequence = Extract<Node, { readonly kind: 'sequence' }>;

/** Events one after the other, with limits of time, what must not come between, and values that they share. */
export function SequenceEditor({
  node,
  path,
  onChange,
}: {
  readonly node: Sequence;
  readonly path: string;
  readonly onChange: (node: Sequence) => void;
}) {
  const { steps, within, same } = node;
  const known = useKnownNames();
  const set = (next: readonly Step[]) => onChange({ ...node, steps: next });
  return (
    <>
      <span className={classes.word}>did, one after the other</span>
      {steps.map((step, index) => (
        <StepEditor
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no names but their places.
          key={index}
          step={step}
          index={index}
          path={`${path}.steps[${index}]`}
          isLast={index === steps.length - 1}
          onChange={(next) => set(replaced(steps, index, next))}
          onUp={index === 0 ? undefined : () => set(swapped(steps, index - 1))}
          onRemove={steps.length === 1 ? undefined : () => set(replaced(steps, index, undefined))}
        />
      ))}
      <div className={`${classes.row} ${classes.below}`}>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => set([...steps, { event: '' }])}
        >
          Step
        </Button>
        {within === undefined ? (
          <Button size="compact-xs" variant="subtle" onClick={() => onChange({ ...node, within: '7 days' })}>
            all within a time
          </Button>
        ) : (
          <>
            <span className={classes.word}>all within</span>
            <DurationInput
              label="From the first to the last step"
              value={within}
              onChange={(next) => onChange({ ...node, within: next })}
            />
            <CloseButton
              size="sm"
              aria-label="Without a limit for all steps"
              onClick={() => onChange(put(node, 'within', undefined))}
            />
          </>
        )}
        <CorrelationEditor
          same={same}
          fields={known.fieldsOf(steps[0] ?? {})}
          offer="sharing a value"
          onChange={(next) => onChange(put(node, 'same', next))}
        />
      </div>
      <div className={classes.below}>
        <WindowEditor
          window={node.window}
          path={`${path}.window`}
          withSince={false}
          onChange={(window) => onChange(put(node, 'window', window as Sequence['window']))}
        />
      </div>
    </>
  );
}
