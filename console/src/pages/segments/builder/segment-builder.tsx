import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './builder.module.css';
import { DefinitionText } from './definition-text';
import { FaultContext } from './fault';
import { NodeEditor } from './node-editor';
import { PreviewPanel } from './preview-panel';
import type { Draft } from './use-draft';

const PLACEHOLDER = `plan = "pro"
and did "Order Completed" at least 2 times
    in the last 30 days`;

/** A definition in both of its forms, side by side, and whom it means. */
export function SegmentBuilder({
  draft,
  sizeNow,
  children,
}: {
  readonly draft: Draft;
  readonly sizeNow?: number | undefined;
  /** Above the definition: its name. */
  readonly children?: ReactNode;
}) {
  const { node, text, setNode, setText, understood, fault } = draft;
  return (
    <FaultContext value={fault}>
      <div className={classes.columns}>
        <Stack gap="sm" miw={0}>
          {children}
          <NodeEditor node={node} onChange={setNode} />
          {understood === undefined ? null : (
            <Text size="sm" className="quiet" style={{ whiteSpace: 'pre-wrap' }}>
              {understood.english}
            </Text>
          )}
        </Stack>
        <div className={classes.side}>
          <PreviewPanel text={understood?.text} sizeNow={sizeNow} />
          <DefinitionText
            text={text}
            fault={fault}
            note="both forms are the same"
            placeholder={PLACEHOLDER}
            onChange={setText}
          />
        </div>
      </div>
    </FaultContext>
  );
}
