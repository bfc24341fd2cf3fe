import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { api, client } from '../../api/client';
import { problemText } from '../../api/problem';

/** How to say whom a merge is about: `kind:value`, or `id:` and the profile's id. */
interface MergeBody {
  readonly into: string;
  readonly from: string;
}

/** What an unmerge takes apart: one of these. */
export interface Unmerged {
  readonly edge?: number;
  readonly identifier?: string;
  readonly merge?: string;
}

/** Merging and unmerging, each with a way back. */
export function useIdentityChange() {
  const queries = useQueryClient();
  const refresh = () =>
    queries.invalidateQueries({
      predicate: ({ queryKey: [, path] }) => /^\/api\/v1\/(profiles|identity)/.test(String(path)),
    });
  const back = async (undo: () => Promise<unknown>, said: string) => {
    try {
      await undo();
      notifications.show({ message: said });
    } catch (error) {
      const { title, detail } = problemText(error);
      notifications.show({ color: 'red', title, message: detail });
    }
    await refresh();
  };
  const merge = api.useMutation('post', '/api/v1/profiles/merge', {
    onSuccess({ status, result }, { body }) {
      const { merged = [], profileId = '' } = (result ?? {}) as { merged?: string[]; profileId?: string };
      const [first] = merged;
      const undo =
        first === undefined
          ? undefined
          : () =>
              client.POST('/api/v1/profiles/{ref}/unmerge', {
                params: { path: { ref: `id:${profileId}` } },
                body: { merge: first },
              });
      tell(
        status,
        'They are one person now.',
        undo && (() => back(undo, `${body.from} stands alone again.`)),
      );
      // The dialog closes first: what it shows is no more.
      void refresh();
    },
  });
  const unmerge = api.useMutation('post', '/api/v1/profiles/{ref}/unmerge');
  /** @param joinAgain what would bring them together again, where one merge does and both still name somebody */
  const takeApart = async (
    ref: string,
    body: Unmerged,
    joinAgain: MergeBody | undefined,
    done: () => void,
  ): Promise<void> => {
    // One that failed is told of where all are.
    const operation = await unmerge.mutateAsync({ params: { path: { ref } }, body }).catch(() => undefined);
    if (operation === undefined) return;
    done();
    const isThere = await Promise.all(Object.values(joinAgain ?? {}).map(namesSomebody));
    const undo =
      joinAgain !== undefined && !isThere.includes(false)
        ? () =>
            back(
              () => client.POST('/api/v1/profiles/merge', { body: joinAgain }),
              'They are one person again.',
            )
        : undefined;
    tell(operation.status, 'Taken apart.', undo);
    await refresh();
  };
  return { merge, takeApart, isTakingApart: unmerge.isPending };
}

async function namesSomebody(ref: string): Promise<boolean> {
  try {
    await client.GET('/api/v1/profiles/{ref}', { params: { path: { ref } } });
    return true;
  } catch {
    return false;
  }
}

function tell(status: string, text: string, undo: (() => Promise<void>) | undefined): void {
  const id = notifications.show({
    autoClose: 12_000,
    title: status === 'done' ? text : 'It is on its way',
    message: (
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          {status === 'done'
            ? 'Traits, counts and timeline are made anew.'
            : 'Operations on the page Identity tell how far it is.'}
        </Text>
        {undo === undefined ? null : (
          <Button
            size="compact-xs"
            variant="light"
            onClick={() => {
              notifications.hide(id);
              void undo();
            }}
          >
            Undo
          </Button>
        )}
      </Group>
    ),
  });
}
