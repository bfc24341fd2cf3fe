import { Button, Group, Menu, Paper, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { LEAVES, type Node } from './definition';
import { NODE_LOGIC } from './logic';
import { LogicEditor } from './logic-editor';
import { NodeLeaf } from './node-leaf';

/** Where the API says that a definition stands. */
const ROOT = 'definition';

/** The visual form of a definition. */
export function NodeEditor({
  node,
  onChange,
}: {
  readonly node: Node;
  readonly onChange: (node: Node) => void;
}) {
  if ('of' in node && Array.isArray(node.of) && node.of.length === 0) return <Begin onAdd={onChange} />;
  // A single question is shown in a group of its own, so that another can be added; the group is written when there are two.
  const isGroup = node.kind === 'all' || node.kind === 'any';
  const isWrapped = !isGroup;
  const shown: Node = isWrapped ? { kind: 'all', of: [node] } : node;
  return (
    <LogicEditor<Node>
      part={shown}
      path={isWrapped ? `${ROOT}.wrapped` : ROOT}
      logic={isWrapped ? { ...NODE_LOGIC, placeOf: placeInWrapped } : NODE_LOGIC}
      label="the definition"
      isRoot
      leaf={(props) => <NodeLeaf {...props} />}
      add={(onAdd) => <AddNode onAdd={onAdd} />}
      onChange={(next) => {
        if (next === undefined) return;
        const [only, ...more] = next.kind === 'all' ? next.of : [];
        onChange(isWrapped && only !== undefined && more.length === 0 ? only : next);
      }}
    />
  );
}

function placeInWrapped(node: Node, path: string, index: number): string {
  return path === `${ROOT}.wrapped` ? ROOT : NODE_LOGIC.placeOf(node, path, index);
}

/** What there is to begin with. */
function Begin({ onAdd }: { readonly onAdd: (node: Node) => void }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" className="quiet" mb="sm">
        Begin with a question about people; you can add more, and say whether all or any must hold.
      </Text>
      <Group gap="xs">
        {LEAVES.map(({ label, make }) => (
          <Button
            key={label}
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => onAdd(make())}
          >
            {label}
          </Button>
        ))}
      </Group>
    </Paper>
  );
}

function AddNode({ onAdd }: { readonly onAdd: (node: Node) => void }) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="compact-sm" variant="light" leftSection={<IconPlus size={15} />}>
          Add
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {LEAVES.map(({ label, make }) => (
          <Menu.Item key={label} onClick={() => onAdd(make())}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => onAdd({ kind: 'any', of: [] })}>Group</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
