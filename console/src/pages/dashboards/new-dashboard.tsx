import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import { NameForm } from './name-form';
import { rememberDashboard } from './use-change';

/** Makes a dashboard and shows it. */
export function NewDashboard() {
  const [isOpen, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const create = api.useMutation('post', '/api/v1/dashboards', {
    meta: { quiet: true },
    onSuccess(made) {
      rememberDashboard(queries, made);
      void navigate({ to: '/dashboards/$dashboardId', params: { dashboardId: made.id } });
    },
  });
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        New dashboard
      </Button>
      {isOpen ? (
        <NameForm
          title="New dashboard"
          label="Name"
          name=""
          about=""
          save="Create"
          error={create.error}
          isPending={create.isPending}
          onSave={(name, description) => create.mutate({ body: { name, description } })}
          onClose={close}
        />
      ) : null}
    </>
  );
}
