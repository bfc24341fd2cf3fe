import { Group, Text } from '@mantine/core';

/** The name, with two streams that become one. */
export function Logo() {
  return (
    <Group gap={9} wrap="nowrap">
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#0f6e8c" />
        <path
          d="M8 6c0 7 8 7 8 13v7M24 6c0 7-8 7-8 13M16 5v14"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
        />
      </svg>
      <Text fw={650} size="md" visibleFrom="xs" span>
        Tributary
      </Text>
    </Group>
  );
}
