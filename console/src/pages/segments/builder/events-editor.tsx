import { Button, CloseButton } from '@mantine/core';
import classes from './builder.module.css';
import { type EventsValue, type Measure, type Node, put } from './definition';
import { SelectorEditor } from './selector-editor';
import { TestEditor } from './test-editor';
import { useKnownNames } from './use-known-names';
import { WindowEditor } from './window-editor';
import { NameInput, WordSelect } from './words';

const MEASURES: Readonly<Record<Measure['kind'], string>> = {
  ...{ count: 'number of', sum: 'sum of', avg: 'average of', min: 'smallest of', max: 'largest of' },
  ...{
    distinct: 'different values of',
    list: 'all values of',
    first: 'first value of',
    last: 'last value of',
  },
  ...{ most_frequent: 'most frequent of', first_at: 'first time of', last_at: 'last time of' },
};
type EventsNode = Extract<Node, { readonly kind: 'events' }>;

/** A figure of a person's events, and what it must be. */
export function EventsEditor({
  node,
  path,
  onChange,
}: {
  readonly node: EventsNode;
  readonly path: string;
  readonly onChange: (node: EventsNode) => void;
}) {
  const { is, measure } = node;
  return (
    <>
      <SelectorEditor
        selector={node}
        path={path}
        onChange={onChange}
        before={<MeasureWords value={node} onChange={onChange} />}
      />
      <div className={`${classes.row} ${classes.below}`}>
        {is === undefined ? (
          <>
            <span className={classes.word}>
              {measure === undefined || measure.kind === 'count' ? 'at least once' : 'is there'}
            </span>
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => onChange({ ...node, is: { op: 'gte', value: 2 } })}
            >
              {measure === undefined || measure.kind === 'count' ? 'how often' : 'what it must be'}
            </Button>
          </>
        ) : (
          <>
            <TestEditor test={is} onChange={(next) => onChange({ ...node, is: next })} />
            <CloseButton
              size="sm"
              aria-label="Without a test"
              onClick={() => onChange(put(node, 'is', undefined))}
            />
          </>
        )}
      </div>
      <div className={classes.below}>
        <WindowEditor
          window={node.window}
          path={`${path}.window`}
          onChange={(window) => onChange(put(node, 'window', window))}
        />
      </div>
    </>
  );
}

/** What is made of the events: how many, or of which field what. */
export function MeasureWords<Value extends EventsValue>({
  value,
  onChange,
}: {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}) {
  const known = useKnownNames();
  const measure = value.measure ?? { kind: 'count' };
  const setKind = (kind: Measure['kind']) => {
    if (kind === 'count') onChange(put(value, 'measure', undefined));
    else if (kind === 'first_at' || kind === 'last_at') onChange({ ...value, measure: { kind } });
    else onChange({ ...value, measure: { kind, of: 'of' in measure ? measure.of : '' } });
  };
  return (
    <>
      <WordSelect label="Measure" value={measure.kind} words={MEASURES} onChange={setKind} />
      {'of' in measure ? (
        <>
          <NameInput
            label="Field that is measured"
            placeholder="properties.total"
            width={160}
            value={measure.of}
            known={known.fieldsOf(value)}
            onChange={(of) => onChange({ ...value, measure: { ...measure, of } })}
          />
          <span className={classes.word}>of</span>
        </>
      ) : null}
    </>
  );
}
