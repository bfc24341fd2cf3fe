import { NOTHING_LEAVES } from '../../src/process/activation/activation.js';
import type { BatchCommit } from '../../src/stores/state/pipeline-state.js';

/** What a batch commits of segments, and of what leaves, where there is neither a segment nor a destination. */
export const NOTHING_FOLLOWS: Pick<BatchCommit, 'segments' | 'activation'> = {
  segments: {
    ...{ people: [], gone: [], accounts: [], now: 0, changes: [] },
    ...{ tallies: [], turned: [], workedOff: [] },
  },
  activation: NOTHING_LEAVES,
};
