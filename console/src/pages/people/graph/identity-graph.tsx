import { Anchor, Group, Text, UnstyledButton } from '@mantine/core';
import { useMemo, useState } from 'react';
import { count } from '../../../ui/figure';
import { KindIcon } from '../../../ui/kind';
import type { IdentityGraph as Graph } from '../person-types';
import classes from './identity-graph.module.css';
import { layoutGraph, NODE } from './layout-graph';

/** The picture of why somebody is one person. Each identifier is a button; those of a path, and its lines, are lit. */
export function IdentityGraph({
  graph,
  chosen,
  lit,
  onChoose,
}: {
  readonly graph: Graph;
  /** Keys of the chosen identifiers. */
  readonly chosen: readonly string[];
  /** Ids of the links that are lit. */
  readonly lit: ReadonlySet<number>;
  readonly onChoose: (key: string) => void;
}) {
  const [isWhole, setWhole] = useState(false);
  const picture = useMemo(() => layoutGraph(graph.identifiers, graph.edges, isWhole), [graph, isWhole]);
  const { hidden } = picture;
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={classes.frame} aria-label="Identity graph" tabIndex={0}>
        <div className={classes.canvas} style={{ width: picture.width, height: picture.height }}>
          <svg className={classes.lines} width={picture.width} height={picture.height} aria-hidden="true">
            {picture.lines.map(({ key, path, edge }) => (
              <path
                key={key}
                d={path}
                className={classes.line}
                data-rule={edge.rule}
                data-on={lit.has(edge.id) || undefined}
              />
            ))}
          </svg>
          {picture.nodes.map(({ key, identifier, x, y }) => (
            <UnstyledButton
              key={key}
              className={classes.node}
              style={{ left: x, top: y, width: NODE.width, height: NODE.height }}
              aria-pressed={chosen.includes(key)}
              data-former={identifier.former || undefined}
              title={identifier.value}
              onClick={() => onChoose(key)}
            >
              <KindIcon kind={identifier.kind} />
              <span className={classes.text}>
                <span className={classes.value}>{identifier.value}</span>
                <span className={classes.kind}>
                  {identifier.former ? `${identifier.kind}, moved on` : identifier.kind}
                </span>
              </span>
            </UnstyledButton>
          ))}
        </div>
      </section>
      <Group justify="space-between" mt={6}>
        <Text size="xs" className="quiet">
          Lines join what came together: solid in one event or call, dashed by hand. Dashed identifiers have
          moved on.
        </Text>
        {hidden === 0 && !isWhole ? null : (
          <Anchor component="button" size="xs" onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Show fewer' : `Show ${count(hidden)} more`}
          </Anchor>
        )}
      </Group>
    </div>
  );
}
