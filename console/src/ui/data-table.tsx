import { Button, Center, Loader, Table } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import classes from './data-table.module.css';

const ROW_HEIGHT = 40;
/** Rows from the end at which the next page is asked for. */
const AHEAD = 20;

/** A column: its head, how wide it is (CSS grid), and what it shows. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** A track of a CSS grid, such as `2fr` or `120px`. */
  readonly width?: string;
  readonly align?: 'right';
  /** Left out on narrow screens. */
  readonly isExtra?: boolean;
}

/**
 * A list of any length: only what is seen is drawn, and the next page is asked for on the way down. Rows that open something do so by click and by Enter;
 * arrow keys go from row to row.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  idOf,
  onOpen,
  more,
  height = 'min(68vh, 720px)',
}: {
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** Of a list that is read page by page. */
  readonly more?:
    | { readonly has: boolean; readonly isLoading: boolean; readonly load: () => void }
    | undefined;
  readonly height?: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more?.has && !more.isLoading && last >= rows.length - AHEAD) more.load();
  }, [more, last, rows.length]);
  const grid = { '--columns': columns.map(({ width }) => width ?? 'minmax(0, 1fr)').join(' ') } as object;
  const narrow = columns.filter(({ isExtra }) => !isExtra).map(({ width }) => width ?? 'minmax(0, 1fr)');
  return (
    <div className={classes.frame} style={{ ...grid, '--narrow': narrow.join(' ') } as object}>
      <div
        ref={box}
        className={classes.box}
        style={{ maxHeight: height }}
        // Where no row can be reached by keyboard, the list itself must be, to be scrolled.
        {...(onOpen === undefined ? { tabIndex: 0 } : {})}
      >
        <Table
          className={classes.table}
          role="table"
          aria-label={label}
          aria-rowcount={more?.has ? -1 : rows.length}
        >
          <Table.Thead className={classes.head}>
            <Table.Tr className={classes.row}>
              {columns.map(({ head, align, isExtra }) => (
                <Table.Th key={head} ta={align} data-extra={isExtra || undefined}>
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody className={classes.body} style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, key, start }) => {
              // Invariant: the virtualizer counts these rows.
              const row = rows[index] as Row;
              return (
                <Table.Tr
                  key={key}
                  className={classes.row}
                  data-id={idOf(row)}
                  data-opens={onOpen === undefined ? undefined : true}
                  tabIndex={onOpen === undefined ? undefined : 0}
                  style={{
                    position: 'absolute',
                    insetInline: 0,
                    transform: `translateY(${start}px)`,
                    height: ROW_HEIGHT,
                  }}
                  onClick={onOpen && (() => onOpen(row))}
                  onKeyDown={onOpen && ((event) => onRowKey(event, () => onOpen(row)))}
                >
                  {columns.map(({ head, cell, align, isExtra }) => (
                    <Table.Td key={head} ta={align} data-extra={isExtra || undefined}>
                      {cell(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
        {more?.has ? (
          <Center p="xs">
            {more.isLoading ? (
              <Loader size="xs" aria-label="Loading more" />
            ) : (
              <Button size="compact-xs" variant="subtle" onClick={more.load}>
                More
              </Button>
            )}
          </Center>
        ) : null}
      </div>
    </div>
  );
}

function onRowKey(event: KeyboardEvent<HTMLTableRowElement>, open: () => void): void {
  const { key, currentTarget } = event;
  if (event.target !== currentTarget) return;
  if (key === 'Enter') open();
  const next =
    key === 'ArrowDown'
      ? currentTarget.nextElementSibling
      : key === 'ArrowUp'
        ? currentTarget.previousElementSibling
        : null;
  if (next instanceof HTMLElement) {
    event.preventDefault();
    next.focus();
  }
}
