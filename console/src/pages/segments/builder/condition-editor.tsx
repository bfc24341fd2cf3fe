import { Button, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import classes from './builder.module.css';
import type { Condition } from './definition';
import { CONDITION_LOGIC } from './logic';
import { LogicEditor } from './logic-editor';
import { TestEditor } from './test-editor';
import { NameInput } from './words';

const FIELD: Condition = { field: '', is: { op: 'equals', value: '' } };

/** A condition on one event, or on one item of an array in it. */
export function ConditionEditor({
  condition,
  path,
  fields,
  onChange,
  isOfItem = false,
}: {
  readonly condition: Condition;
  readonly path: string;
  readonly fields: readonly string[];
  /** Undefined takes it away. */
  readonly onChange: (condition: Condition | undefined) => void;
  readonly isOfItem?: boolean;
}) {
  return (
    <LogicEditor<Condition>
      part={condition}
      path={path}
      logic={CONDITION_LOGIC}
      label="condition"
      onChange={onChange}
      leaf={(props) => <ConditionLeaf {...props} fields={fields} isOfItem={isOfItem} />}
      add={(onAdd) => <AddCondition onAdd={onAdd} isOfItem={isOfItem} />}
    />
  );
}

function ConditionLeaf({
  part,
  path,
  fields,
  onChange,
  isOfItem,
}: {
  readonly part: Condition;
  readonly path: string;
  readonly fields: readonly string[];
  readonly onChange: (condition: Condition) => void;
  readonly isOfItem: boolean;
}) {
  if ('items' in part)
    return (
      <>
        <div className={classes.row}>
          <span className={classes.word}>any item of</span>
          <NameInput
            label="Array"
            placeholder="properties.products"
            value={part.items}
            known={fields}
            onChange={(items) => onChange({ ...part, items })}
          />
          <span className={classes.word}>has</span>
        </div>
        <div className={classes.below}>
          <ConditionEditor
            condition={part.where}
            path={`${path}.where`}
            fields={[]}
            isOfItem
            onChange={(where) => onChange(where === undefined ? FIELD : { ...part, where })}
          />
        </div>
      </>
    );
  if (!('field' in part)) return null;
  return (
    <div className={classes.row}>
      <NameInput
        label="Field"
        placeholder={isOfItem ? 'price' : 'properties.total'}
        value={part.field}
        known={fields}
        onChange={(field) => onChange({ ...part, field })}
      />
      <TestEditor test={part.is} isOfEvent onChange={(is) => onChange({ ...part, is })} />
    </div>
  );
}

function AddCondition({
  onAdd,
  isOfItem,
}: {
  readonly onAdd: (condition: Condition) => void;
  readonly isOfItem: boolean;
}) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="compact-xs" variant="subtle" leftSection={<IconPlus size={14} />}>
          Condition
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAdd(FIELD)}>Field</Menu.Item>
        {isOfItem ? null : (
          <Menu.Item onClick={() => onAdd({ items: '', where: FIELD })}>An item of an array</Menu.Item>
        )}
        <Menu.Item onClick={() => onAdd({ any: [FIELD] })}>Group</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The condition that is there with one more. */
export function oneMore(condition: Condition | undefined): Condition {
  if (condition === undefined) return FIELD;
  return 'all' in condition ? { all: [...condition.all, FIELD] } : { all: [condition, FIELD] };
}
