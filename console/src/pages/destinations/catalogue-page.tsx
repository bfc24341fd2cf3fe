import { Badge, Group, Select, SimpleGrid, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Page } from '../../ui/page';
import classes from './catalogue.module.css';
import type { CatalogueSearch } from './catalogue-search';
import { Monogram } from './monogram';
import { useKinds } from './use-kinds';

/** All tools that there is code for. */
export function CataloguePage() {
  const { kinds, error, refetch } = useKinds();
  return (
    <Page
      title="Add destination"
      text="Every tool that Tributary can send to. Their code runs here: nothing goes through anybody else."
      up={{ label: 'Destinations', to: '/destinations' }}
    >
      {kinds === undefined ? (
        error ? (
          <Failed error={error} retry={refetch} />
        ) : (
          <Loading lines={8} height={48} />
        )
      ) : (
        <Catalogue kinds={kinds} />
      )}
    </Page>
  );
}

type Kinds = NonNullable<ReturnType<typeof useKinds>['kinds']>;

function Catalogue({ kinds }: { readonly kinds: Kinds }) {
  const { q = '', category } = useSearch({ from: '/destinations/catalogue' });
  const navigate = useNavigate({ from: '/destinations/catalogue' });
  const show = (search: CatalogueSearch) => void navigate({ search, replace: true });
  const categories = [...new Set(kinds.flatMap((kind) => kind.categories))].sort();
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = kinds.filter(
    (kind) =>
      (category === undefined || kind.categories.includes(category)) &&
      words.every((word) => `${kind.title} ${kind.kind} ${kind.description}`.toLowerCase().includes(word)),
  );
  return (
    <>
      <Group gap="sm">
        <TextInput
          aria-label="Search tools"
          placeholder="Search tools"
          leftSection={<IconSearch size={16} />}
          defaultValue={q}
          autoFocus
          className={classes.search}
          onChange={({ currentTarget }) => show({ q: currentTarget.value || undefined, category })}
        />
        <Select
          aria-label="Category"
          placeholder="All categories"
          data={categories}
          value={category ?? null}
          clearable
          searchable
          onChange={(chosen) => show({ q: q || undefined, category: chosen ?? undefined })}
        />
        <Text size="sm" className="quiet" role="status">
          {found.length} of {kinds.length} tools
        </Text>
      </Group>
      {found.length === 0 ? (
        <Empty
          title="No such tool"
          text="A webhook reaches anything that takes HTTP. You can also write a destination of your own: one TypeScript file in the destinations folder; see docs/write-a-destination.md."
        />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
          {found.map((kind) => (
            <KindCard key={kind.kind} kind={kind} />
          ))}
        </SimpleGrid>
      )}
    </>
  );
}

function KindCard({ kind }: { readonly kind: Kinds[number] }) {
  const { title, description, categories, hasAudience, error } = kind;
  return (
    <Link to="/destinations/new/$kind" params={{ kind: kind.kind }} className={classes.card}>
      <Monogram title={title} size={36} />
      <span className={classes.about}>
        <span className={classes.title}>
          {title}
          {hasAudience ? (
            <Badge size="xs" variant="light">
              audiences
            </Badge>
          ) : null}
        </span>
        <span className={classes.text}>{error ?? description}</span>
        <span className={classes.category}>{categories.join(' · ')}</span>
      </span>
    </Link>
  );
}
