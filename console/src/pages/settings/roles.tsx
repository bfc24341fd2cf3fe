import { Radio, Stack, Switch } from '@mantine/core';
import type { SessionUser } from '../../api/use-session';

/** What somebody may do. */
export interface Rights {
  readonly role: SessionUser['role'];
  readonly personalData: boolean;
}

const ROLES: ReadonlyArray<{ readonly role: SessionUser['role']; readonly text: string }> = [
  { role: 'viewer', text: 'Looks at everything, changes nothing.' },
  { role: 'editor', text: 'Also changes sources, segments, destinations and people’s data.' },
  {
    role: 'owner',
    text: 'Also adds users and tokens, changes rules of identity and consent, reads the audit.',
  },
];

/** Role, and the right to personal data, of a user or a token. */
export function RightsFields({
  value,
  onChange,
}: {
  readonly value: Rights;
  readonly onChange: (value: Rights) => void;
}) {
  return (
    <>
      <Radio.Group
        label="Role"
        value={value.role}
        onChange={(role) => onChange({ ...value, role: role as Rights['role'] })}
      >
        <Stack gap={8} mt={6}>
          {ROLES.map(({ role, text }) => (
            <Radio key={role} value={role} label={role} description={text} />
          ))}
        </Stack>
      </Radio.Group>
      <Switch
        label="Sees personal data"
        description="Else names, addresses and whatever else is about a person is ••• everywhere."
        checked={value.personalData}
        onChange={({ currentTarget }) => onChange({ ...value, personalData: currentTarget.checked })}
      />
    </>
  );
}
