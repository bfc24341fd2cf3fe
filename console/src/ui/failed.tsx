import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useIsFetching } from '@tanstack/react-query';
import { useState } from 'react';
import { mayHelp, problemText } from '../api/problem';

/** What happened, and what to do. */
export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { title, detail, advice } = problemText(error);
  const [tried, setTried] = useState<unknown>();
  const isFetching = useIsFetching() > 0;
  return (
    <Alert color="red" variant="light" title={title} icon={<IconAlertTriangle size={18} />} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          {detail} {advice}
        </Text>
        {retry === undefined || !mayHelp(error) ? null : (
          <Button
            size="xs"
            variant="default"
            // What fails anew is another error.
            loading={tried === error && isFetching}
            onClick={() => {
              setTried(error);
              retry();
            }}
          >
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
