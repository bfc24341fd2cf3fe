/** Roles, and what each may do. */

/** From least to most: a viewer reads, an editor changes what is made of data, an owner also decides who may. */
export const ROLES = ['viewer', 'editor', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. */
export interface Actor {
  /** As logs of changes name it: `admin`, `user <name>` or `token <name>`. */
  readonly label: string;
  readonly role: Role;
  /** Sees personal data as it is; everybody else gets it masked. */
  readonly personalData: boolean;
  /** Of a person who signed in. */
  readonly userId?: string;
}

/** What a route asks of who uses it. */
export interface RouteAccess {
  /** The least role; `public` asks for nobody. */
  readonly role: Role | 'public';
  /**
   * What its answer holds: `none` no personal data, `masked` some that its schema marks, `required` such that only those may ask who may see it.
   */
  readonly personal: 'none' | 'masked' | 'required';
}

/** True when a role may do what another may. */
export function reaches(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** What a route asks where it does not say it: reading is for viewers, changing for editors, and nothing is shown without the right to personal data. */
export function routeAccess(method: string, said: Partial<RouteAccess> | undefined): RouteAccess {
  const isRead = method === 'GET' || method === 'HEAD';
  return { role: said?.role ?? (isRead ? 'viewer' : 'editor'), personal: said?.personal ?? 'required' };
}
