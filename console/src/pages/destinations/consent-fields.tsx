import { Alert, SegmentedControl, Stack, TagsInput, Text, Textarea, Title } from '@mantine/core';
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react';
import { api } from '../../api/client';

/** What a destination says of consent. */
export interface ConsentGiven {
  readonly purposes: readonly string[];
  readonly consentNotRequired: string | null;
}

/** Purposes that most tools serve; any word does. */
const USUAL = ['marketing', 'advertising', 'analytics', 'email_marketing', 'personalization', 'functional'];
const REASON_CHARS_MIN = 10;

/** Whether enough is said for anything to leave. */
export function isConsentStated({ purposes, consentNotRequired }: ConsentGiven): boolean {
  return purposes.length > 0 || (consentNotRequired?.trim().length ?? 0) >= REASON_CHARS_MIN;
}

/** What the tool is used for, so that only people who agreed to that are sent to it. Closed until something is said. */
export function ConsentFields({
  value,
  onChange,
}: {
  readonly value: ConsentGiven;
  readonly onChange: (value: ConsentGiven) => void;
}) {
  const { data } = api.useQuery('get', '/api/v1/consent/rules');
  const known = [...new Set([...Object.keys(data?.rules.purposes ?? {}), ...USUAL])];
  const isFree = value.consentNotRequired !== null;
  return (
    <Stack gap="sm">
      <div>
        <Title order={2}>Consent</Title>
        <Text size="sm" className="quiet">
          What is the tool used for? A person is sent to it only after saying yes to every purpose named here.
          Whoever was never asked, or refuses, is held back and counted, also when the answer changes while
          something waits.
        </Text>
      </div>
      <SegmentedControl
        data={[
          { value: 'purposes', label: 'Asks for consent' },
          { value: 'free', label: 'No consent needed' },
        ]}
        value={isFree ? 'free' : 'purposes'}
        onChange={(mode) => onChange({ purposes: [], consentNotRequired: mode === 'free' ? '' : null })}
        aria-label="Whether consent is needed"
        style={{ alignSelf: 'flex-start' }}
      />
      {isFree ? (
        <Textarea
          label="Why is no consent needed?"
          description="In words, for whoever audits this later. At least ten characters."
          placeholder="Order confirmations are part of the contract."
          autosize
          minRows={2}
          withAsterisk
          value={value.consentNotRequired ?? ''}
          onChange={({ currentTarget }) =>
            onChange({ purposes: [], consentNotRequired: currentTarget.value })
          }
        />
      ) : (
        <TagsInput
          label="Purposes"
          description="Choose, or type a purpose of your own and press Enter."
          placeholder={value.purposes.length === 0 ? 'advertising' : ''}
          data={known}
          withAsterisk
          clearable
          value={[...value.purposes]}
          onChange={(purposes) => onChange({ purposes, consentNotRequired: null })}
        />
      )}
      <Verdict value={value} />
    </Stack>
  );
}

function Verdict({ value }: { readonly value: ConsentGiven }) {
  if (!isConsentStated(value))
    return (
      <Alert color="yellow" variant="light" icon={<IconShieldOff size={18} />}>
        Nothing leaves until one of the two is said.
      </Alert>
    );
  const { purposes } = value;
  return (
    <Alert color="teal" variant="light" icon={<IconShieldCheck size={18} />}>
      {purposes.length === 0
        ? 'Everybody may be sent to it, suppression lists apart. The reason is kept with the destination.'
        : `Only people who said yes to ${purposes.join(' and ')}.`}
    </Alert>
  );
}
