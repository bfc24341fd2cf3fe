import { Group, Paper, Stack, Text } from '@mantine/core';
import { Moment } from '../../ui/moment';
import { diffLines } from './diff-lines';
import { SegmentStatus } from './segment-status';
import type { Segment } from './segment-types';
import classes from './versions.module.css';

/** All versions, newest first, each with what it changed. */
export function VersionsTab({ versions }: { readonly versions: Segment['versions'] }) {
  return (
    <Stack gap="sm">
      {versions.map((version, index) => {
        const before = versions[index + 1]?.text;
        const label = `Text of version ${version.version}`;
        return (
          <Paper key={version.version} withBorder p="md">
            <Group justify="space-between" mb="xs" gap="xs">
              <Group gap="xs">
                <Text fw={600} size="sm">
                  Version {version.version}
                </Text>
                <SegmentStatus status={version.status} error={version.error} />
              </Group>
              <Text size="xs" className="quiet">
                {version.actor} · <Moment at={version.createdAt} />
              </Text>
            </Group>
            {version.text === before ? (
              <Text size="sm" className="quiet">
                The same words: something that it refers to changed.
              </Text>
            ) : (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
              <section tabIndex={0} className={classes.text} aria-label={label}>
                {diffLines(before ?? '', version.text).map(({ line, change }, place) => (
                  <div
                    // biome-ignore lint/suspicious/noArrayIndexKey: lines recur, and have their places.
                    key={place}
                    data-change={before === undefined ? undefined : change}
                    className={classes.line}
                  >
                    {line === '' ? ' ' : line}
                  </div>
                ))}
              </section>
            )}
          </Paper>
        );
      })}
    </Stack>
  );
}
