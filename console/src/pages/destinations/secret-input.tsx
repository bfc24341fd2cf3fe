import { Button, PasswordInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { describe, type FieldInputProps } from './field';
import classes from './secret-input.module.css';

/** Whether a secret is held already: it is never given out, only said to be there. */
function isHeld(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { set?: unknown }).set === true;
}

/** The input of a secret. One that is held stays while nothing is typed, and goes when somebody says so: then it is `undefined`. */
export function SecretInput({ field, value, required, onChange }: FieldInputProps) {
  const [held] = useState(() => (isHeld(value) ? value : undefined));
  const { label, type, placeholder = '' } = field;
  const isRemoved = held !== undefined && value === undefined;
  const said = {
    ...{ label, description: describe(field), withAsterisk: required, autoComplete: 'new-password' },
    placeholder: isRemoved
      ? 'Removed when you save'
      : held === undefined
        ? placeholder
        : 'Set. Leave empty to keep it',
    value: typeof value === 'string' ? value : '',
  };
  const give = (given: string) => onChange(given === '' ? held : given);
  return (
    <div>
      {type === 'text' ? (
        // An input of one line would take the line breaks out of a key.
        <Textarea
          {...said}
          classNames={{ input: classes.hidden ?? '' }}
          spellCheck={false}
          rows={4}
          onChange={({ currentTarget }) => give(currentTarget.value)}
        />
      ) : (
        <PasswordInput {...said} onChange={({ currentTarget }) => give(currentTarget.value)} />
      )}
      {held === undefined || required ? null : (
        <Button
          mt={4}
          size="compact-xs"
          variant="default"
          aria-label={`${isRemoved ? 'Keep' : 'Remove'} ${label}`}
          onClick={() => onChange(isRemoved ? held : undefined)}
        >
          {isRemoved ? 'Keep' : 'Remove'}
        </Button>
      )}
    </div>
  );
}
