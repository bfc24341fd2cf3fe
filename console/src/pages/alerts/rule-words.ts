import { count, counted } from '../../ui/figure';
import type { Rule } from './alert-fields';

const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** When a rule fires, in words. */
export function whenFires({ measure, above, windowMinutes = 10 }: Rule): string {
  switch (measure) {
    case 'failure_rate':
      return `More than ${percents.format(above)} of attempts fail within ${counted(windowMinutes, 'minute')}`;
    case 'backlog':
      return `More than ${counted(above, 'delivery').replace(/ys$/, 'ies')} wait`;
    case 'age_seconds':
      return `A delivery waits longer than ${lengthOf(above)}`;
    case 'silence_minutes':
      return `Nothing comes in for ${lengthOf(above * 60)}`;
  }
}

/** What a rule saw last; a dash before it looked. */
export function figureOf({ measure, figure }: Rule): string {
  if (figure === null) return '–';
  switch (measure) {
    case 'failure_rate':
      return percents.format(figure);
    case 'backlog':
      return count(figure);
    case 'age_seconds':
      return lengthOf(figure);
    case 'silence_minutes':
      return lengthOf(figure * 60);
  }
}

/** Whom it tells: the address without what may be secret in it. */
export function whoIsTold({ url = '', email }: Rule): string {
  if (email !== undefined) return email.to;
  return URL.canParse(url) ? new URL(url).host : url;
}

function lengthOf(seconds: number): string {
  const [unit, size] = STEPS.find(([, one]) => seconds >= one) ?? (['second', 1] as const);
  return counted(Math.round((seconds / size) * 10) / 10, unit);
}
