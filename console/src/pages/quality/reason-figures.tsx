import { Badge, Group, UnstyledButton } from '@mantine/core';
import { api } from '../../api/client';
import { count } from '../../ui/figure';

/** How many were refused for each reason, since the beginning; choosing one looks at those. */
export function ReasonFigures({
  source,
  chosen,
  onChoose,
}: {
  readonly source: string | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (code: string | undefined) => void;
}) {
  const { data } = api.useQuery('get', '/api/v1/ledger', undefined, { refetchInterval: 10_000 });
  const tally =
    source === undefined ? data?.total : data?.sources.find(({ sourceId }) => sourceId === source);
  const codes = Object.entries(tally?.rejected ?? {}).sort(([, a], [, b]) => b - a);
  if (codes.length === 0) return null;
  return (
    <Group gap="xs" role="group" aria-label="Reasons">
      {codes.map(([code, events]) => (
        <UnstyledButton
          key={code}
          aria-pressed={code === chosen}
          onClick={() => onChoose(code === chosen ? undefined : code)}
        >
          <Badge
            size="lg"
            fw={550}
            variant={code === chosen ? 'filled' : 'default'}
            style={{ cursor: 'pointer' }}
            rightSection={<span className="number">{count(events)}</span>}
          >
            {code.replaceAll('_', ' ')}
          </Badge>
        </UnstyledButton>
      ))}
    </Group>
  );
}
