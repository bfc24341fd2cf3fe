import type { paths } from '../../api/schema';

/** A segment with all its versions, as the API gives it. */
export type Segment = paths['/api/v1/segments/{id}']['get']['responses'][200]['content']['application/json'];
/** Somebody entered or left. */
export type Change =
  paths['/api/v1/segments/{id}/changes']['get']['responses'][200]['content']['application/json']['data'][number];
