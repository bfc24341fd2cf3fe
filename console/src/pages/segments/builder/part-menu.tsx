import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconFold,
  IconLayersUnion,
  IconTrash,
  IconX,
} from '@tabler/icons-react';

/** What can be done with a part of a definition. What cannot be done now is undefined. */
export function PartMenu({
  label,
  isNegated,
  onNegate,
  onWrap,
  onUnwrap,
  onTwice,
  onUp,
  onDown,
  onRemove,
}: {
  readonly label: string;
  readonly isNegated: boolean;
  readonly onNegate: () => void;
  readonly onWrap: () => void;
  readonly onUnwrap?: (() => void) | undefined;
  readonly onTwice?: (() => void) | undefined;
  readonly onUp?: (() => void) | undefined;
  readonly onDown?: (() => void) | undefined;
  readonly onRemove: () => void;
}) {
  const actions = [
    { name: isNegated ? 'Without the not' : 'Negate', icon: IconX, act: onNegate },
    { name: 'Put into a group', icon: IconLayersUnion, act: onWrap },
    { name: 'Take out of the group', icon: IconFold, act: onUnwrap },
    { name: 'Move up', icon: IconArrowUp, act: onUp },
    { name: 'Move down', icon: IconArrowDown, act: onDown },
    { name: 'Duplicate', icon: IconCopy, act: onTwice },
  ];
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions: ${label}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ name, icon: Icon, act }) =>
          act === undefined ? null : (
            <Menu.Item key={name} leftSection={<Icon size={15} />} onClick={act}>
              {name}
            </Menu.Item>
          ),
        )}
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={onRemove}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
