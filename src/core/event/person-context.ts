/** Keys of a context that identity and profiles are made of; they are kept with each event in a form that is read fast. */
export const PERSON_CONTEXT_KEYS = [
  'traits',
  'consent',
  'consentManagement',
  'device',
  'externalIds',
  'groupId',
] as const;
