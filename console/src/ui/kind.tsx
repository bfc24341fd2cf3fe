import { IconAt, IconCookie, IconFingerprint, IconId, IconPhone } from '@tabler/icons-react';

const ICONS = { email: IconAt, phone: IconPhone, user_id: IconId, anonymous_id: IconCookie } as const;

/** The sign of a kind of identifier. */
export function KindIcon({ kind, size = 14 }: { readonly kind: string; readonly size?: number }) {
  const Icon = Object.hasOwn(ICONS, kind) ? ICONS[kind as keyof typeof ICONS] : IconFingerprint;
  return <Icon size={size} stroke={1.8} aria-hidden style={{ flexShrink: 0 }} />;
}
