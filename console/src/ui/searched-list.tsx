import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { Pages } from '../api/use-pages';
import { type Column, DataTable } from './data-table';
import { Empty } from './empty';
import { Failed } from './failed';
import { Loading } from './loading';

interface Listed<Row> {
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly idOf: (row: Row) => string;
  readonly onOpen: (row: Row) => void;
  readonly pages: Pages<Row>;
  /** What is said when none of them has the words. */
  readonly nothing: { readonly title: string; readonly text: string };
}

/** A list that is searched where it stands, by the words of `textOf`. The page keeps in its address what is looked for (`asked`). */
export function SearchedList<Row>({
  find,
  placeholder,
  asked = '',
  onAsk,
  textOf,
  pages,
  ...listed
}: Listed<Row> & {
  readonly find: string;
  readonly placeholder: string;
  readonly asked?: string | undefined;
  readonly onAsk: (search: { q?: string }) => void;
  readonly textOf: (row: Row) => string;
}) {
  const [q, setQ] = useState(asked);
  const wanted = q.toLowerCase();
  const rows = pages.rows?.filter((row) => textOf(row).toLowerCase().includes(wanted));
  return (
    <>
      <TextInput
        aria-label={find}
        placeholder={placeholder}
        leftSection={<IconSearch size={16} aria-hidden />}
        maw={320}
        value={q}
        onChange={({ currentTarget: { value } }) => {
          setQ(value);
          onAsk(value === '' ? {} : { q: value });
        }}
      />
      <Found pages={{ ...pages, rows }} {...listed} />
    </>
  );
}

function Found<Row>({ pages: { rows, error, refetch, more }, nothing, ...table }: Listed<Row>) {
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0 && !more.has) return <Empty {...nothing} />;
  return <DataTable {...table} rows={rows} more={more} />;
}
