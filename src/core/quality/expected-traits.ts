/**
 * Traits that a shop expects to know of a customer, each with the names under which clients give it (Segment's specification of
 * identify, and what others use).
 */
export const EXPECTED_TRAITS: ReadonlyArray<{ readonly trait: string; readonly names: readonly string[] }> = [
  { trait: 'email', names: ['email'] },
  { trait: 'phone', names: ['phone', 'mobile', 'phone_number'] },
  { trait: 'firstName', names: ['firstName', 'first_name', 'firstname', 'name'] },
  { trait: 'lastName', names: ['lastName', 'last_name', 'lastname', 'name'] },
  { trait: 'city', names: ['address.city', 'city'] },
  { trait: 'postalCode', names: ['address.postalCode', 'address.zip', 'postalCode', 'zip'] },
  { trait: 'country', names: ['address.country', 'country'] },
];
