import { Group, SegmentedControl, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './builder.module.css';
import { replaced, swapped } from './definition';
import { useIsFault } from './fault';
import type { Logic } from './logic';
import { PartMenu } from './part-menu';

/** What an editor of a part without parts below is given. */
export interface LeafProps<Part> {
  readonly part: Part;
  readonly path: string;
  readonly onChange: (part: Part) => void;
}

interface Props<Part> {
  readonly part: Part;
  /** Where the API says that it stands. */
  readonly path: string;
  readonly logic: Logic<Part>;
  readonly leaf: (props: LeafProps<Part>) => ReactNode;
  /** Offers what can be added to a group. */
  readonly add: (onAdd: (part: Part) => void) => ReactNode;
  /** Undefined takes the part away. */
  readonly onChange: (part: Part | undefined) => void;
  readonly label: string;
  /** Actions of the part among others. */
  readonly onUp?: (() => void) | undefined;
  readonly onDown?: (() => void) | undefined;
  readonly onTwice?: (() => void) | undefined;
  readonly isRoot?: boolean;
}

/** Edits parts that are put together by all, any and not, to any depth. */
export function LogicEditor<Part>(props: Props<Part>) {
  const { part, path, logic, leaf, onChange, isRoot = false } = props;
  const made = logic.made(part);
  const isFault = useIsFault(path) && made === undefined;
  const menu = isRoot ? null : (
    <PartMenu
      label={props.label}
      isNegated={made?.mode === 'not'}
      onNegate={() => onChange(logic.not(part))}
      onWrap={() => onChange(logic.group('any', [part]))}
      onUnwrap={
        made !== undefined && made.mode !== 'not' && made.of.length === 1
          ? () => onChange(made.of[0])
          : undefined
      }
      onTwice={props.onTwice}
      onUp={props.onUp}
      onDown={props.onDown}
      onRemove={() => onChange(undefined)}
    />
  );
  if (made === undefined)
    return (
      <div className={classes.leaf} data-fault={isFault || undefined}>
        <div className={classes.leafBody}>{leaf({ part, path, onChange })}</div>
        {menu}
      </div>
    );
  if (made.mode === 'not')
    return (
      <div className={classes.not}>
        <Group justify="space-between" wrap="nowrap">
          <Text size="xs" fw={650} className={classes.notWord}>
            NOT
          </Text>
          {menu}
        </Group>
        <LogicEditor
          {...props}
          part={made.of}
          path={logic.placeOf(part, path, 0)}
          isRoot
          onChange={(next) => onChange(next === undefined ? undefined : logic.not(next))}
        />
      </div>
    );
  return <GroupEditor {...props} made={made} menu={menu} />;
}

function GroupEditor<Part>(
  props: Props<Part> & {
    readonly made: { readonly mode: 'all' | 'any'; readonly of: readonly Part[] };
    readonly menu: ReactNode;
  },
) {
  const { part, path, logic, add, onChange, made, menu, label } = props;
  const { mode, of } = made;
  const set = (next: readonly Part[]) => onChange(logic.group(mode, next));
  return (
    <div className={classes.group}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={`How the parts of ${label} belong together`}
          value={mode}
          data={[
            { value: 'all', label: 'all of' },
            { value: 'any', label: 'any of' },
          ]}
          onChange={(next) => onChange(logic.group(next as 'all' | 'any', of))}
        />
        {menu}
      </Group>
      {of.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names but their places.
        <div key={index}>
          {index === 0 ? null : <div className={classes.joint}>{mode === 'all' ? 'and' : 'or'}</div>}
          <LogicEditor
            {...props}
            part={one}
            path={logic.placeOf(part, path, index)}
            label={`${label}, ${index + 1}`}
            isRoot={false}
            onChange={(next) => set(replaced(of, index, next))}
            onUp={index === 0 ? undefined : () => set(swapped(of, index - 1))}
            onDown={index === of.length - 1 ? undefined : () => set(swapped(of, index))}
            onTwice={() => set([...of.slice(0, index), one, ...of.slice(index)])}
          />
        </div>
      ))}
      <div className={classes.add}>{add((next) => set([...of, next]))}</div>
    </div>
  );
}
