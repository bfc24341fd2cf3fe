import type { DestinationAction, DestinationKind } from '../destinations/destination.js';

/** An action of a destination of one's own. `ordered` is false where it is left out. */
export interface OwnAction extends Omit<DestinationAction, 'ordered'> {
  readonly ordered?: boolean;
}

/**
 * What a file of the destinations' folder exports by default. Its kind is `own/` and the file's name; `categories`, `channel` (`other`) and `presets` may be left out.
 */
export interface OwnDestination
  extends Omit<DestinationKind, 'kind' | 'actions' | 'categories' | 'channel' | 'presets' | 'faultsOf'>,
    Partial<Pick<DestinationKind, 'categories' | 'channel' | 'presets'>> {
  readonly actions: Readonly<Record<string, OwnAction>>;
}
