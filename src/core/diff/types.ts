/** One sentence of a comparison, about isolation. `direction`: worse for isolation, better, or neither. */
export interface Change {
  readonly direction: 'worse' | 'better' | 'neutral';
  readonly text: string;
  readonly about: readonly string[];
}

/** Two snapshots compared. Identity: compose project and service, else name and image. Ids are those of the later snapshot, gone ones of the earlier. */
export interface Comparison {
  readonly from: string;
  readonly to: string;
  readonly came: readonly string[];
  readonly gone: readonly string[];
  /** Where those who are gone were, by segments of the later snapshot: what a picture of it can still show of them. */
  readonly goneFrom: readonly { readonly segment: string; readonly names: readonly string[] }[];
  readonly recreated: readonly string[];
  readonly changed: readonly string[];
  readonly summary: string;
  readonly changes: readonly Change[];
}
