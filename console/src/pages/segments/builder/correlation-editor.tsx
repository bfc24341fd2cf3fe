import { Button, CloseButton } from '@mantine/core';
import classes from './builder.module.css';
import type { Correlation } from './definition';
import { NameInput } from './words';

/** Where the value stands that all steps share. */
export function CorrelationEditor({
  same,
  fields,
  onChange,
  offer,
}: {
  readonly same: Correlation | undefined;
  readonly fields: readonly string[];
  readonly onChange: (same: Correlation | undefined) => void;
  /** What the button says that adds one. */
  readonly offer: string;
}) {
  if (same === undefined)
    return (
      <Button size="compact-xs" variant="subtle" onClick={() => onChange('')}>
        {offer}
      </Button>
    );
  const isPath = typeof same === 'string';
  const field = isPath ? same : same.field;
  return (
    <div className={classes.row}>
      <span className={classes.word}>with the same</span>
      <NameInput
        label="Field that is shared"
        placeholder={isPath ? 'properties.product_id' : 'product_id'}
        value={field}
        known={isPath ? fields : []}
        onChange={(next) => onChange(isPath ? next : { ...same, field: next })}
      />
      {isPath ? (
        <Button size="compact-xs" variant="subtle" onClick={() => onChange({ items: '', field })}>
          of any item
        </Button>
      ) : (
        <>
          <span className={classes.word}>of any item of</span>
          <NameInput
            label="Array of items"
            placeholder="properties.products"
            value={same.items}
            known={fields}
            onChange={(items) => onChange({ ...same, items })}
          />
        </>
      )}
      <CloseButton size="sm" aria-label="Without a shared value" onClick={() => onChange(undefined)} />
    </div>
  );
}
