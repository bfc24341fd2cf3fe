import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Confirm } from '../../ui/confirm';
import { count } from '../../ui/figure';
import { asQuery, type DeliveryFilter } from './delivery-filter';

const LOOKED_AT = 500;

/** Tries all of a filter again that are dead, or wait for their next try. */
export function RetryAll({ filter }: { readonly filter: DeliveryFilter }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const { status: wanted, ...others } = asQuery(filter);
  const status = wanted === 'retried' ? 'retried' : 'dead';
  const { data } = api.useQuery('get', '/api/v1/deliveries', {
    params: { query: { ...others, status, limit: LOOKED_AT } },
  });
  const retry = api.useMutation('post', '/api/v1/deliveries/retry', {
    onSuccess({ retried }) {
      notifications.show({ message: `${count(retried)} deliveries are tried again.` });
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => /deliveries|balance|figures/.test(String(queryKey[1])),
      });
    },
  });
  const found = data?.data.length ?? 0;
  const number = found === LOOKED_AT ? `More than ${LOOKED_AT}` : count(found);
  return (
    <Confirm
      label="Try all again"
      title="Try all again?"
      text={`${number} deliveries that match are sent again, each under the key that it had. A tool that took one after all knows it by that.`}
      color="river"
      disabled={found === 0 || role === 'viewer'}
      isPending={retry.isPending}
      onConfirm={() => retry.mutate({ body: { ...others, status } })}
    />
  );
}
