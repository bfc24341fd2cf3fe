/** What the catalogue shows; its address holds it. */
export interface CatalogueSearch {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
}
