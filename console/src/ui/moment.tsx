import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';

const STEPS = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** How long ago a moment is, or how far ahead. */
export function ago(at: number, now: number): string {
  const [unit, ms] = STEPS.find(([, size]) => Math.abs(at - now) >= size) ?? (['second', 1_000] as const);
  return relative.format(Math.round((at - now) / ms), unit);
}

/** A moment: relative, and in full in the reader's own zone on hover and focus. Shows a dash where there is none. */
export function Moment({ at }: { readonly at: string | null | undefined }) {
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  if (at === null || at === undefined) return <span className="quiet">–</span>;
  const time = Date.parse(at);
  return (
    <Tooltip label={`${absolute.format(time)} · ${at}`}>
      <time dateTime={at}>{ago(time, Date.now())}</time>
    </Tooltip>
  );
}
