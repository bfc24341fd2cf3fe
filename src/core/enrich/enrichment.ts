/** What the enrichment step adds to an event. Empty strings and nulls stand for "not known". */
export interface Enrichment {
  readonly bot: boolean;
  /** Browser and operating system of `context.userAgent`, such as `Chrome` `126.0.0.0`, `macOS`. */
  readonly browser: string;
  readonly browserVersion: string;
  readonly os: string;
  /** `desktop`, `mobile`, `tablet`, `tv` or empty. */
  readonly deviceType: string;
  /** From `context.campaign`, else from the `utm_*` parameters of `context.page`. */
  readonly campaignSource: string;
  readonly campaignMedium: string;
  readonly campaignName: string;
  readonly campaignTerm: string;
  readonly campaignContent: string;
  /** Host of the page that the visitor came from, lower case, without `www.`; empty when it is the page's own site. */
  readonly referrerHost: string;
  /** ISO 3166-1 alpha-2 country, first subdivision and city of `context.ip`. */
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Place of an address, as a GeoIP database knows it. */
export interface Place {
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Looks an address up; undefined when it is not known. Never throws. */
export type PlaceOf = (ip: string) => Place | undefined;
