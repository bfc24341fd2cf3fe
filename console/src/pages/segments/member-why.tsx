import { Anchor, Group, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Explanation, type ExplanationNode } from '../people/profile/explanation';

/** Which parts of the definition hold for a person, with what was found. */
export function MemberWhy({
  segmentId,
  profileId,
}: {
  readonly segmentId: string;
  readonly profileId: string;
}) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/profiles/{ref}/explain', {
    params: { path: { ref: `id:${profileId}` }, query: { segment: segmentId } },
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack gap="md">
      <Explanation node={data.why as ExplanationNode} />
      <Group>
        <Anchor component={Link} to={`/people/${profileId}` as string} size="sm">
          Open the profile
        </Anchor>
      </Group>
    </Stack>
  );
}
