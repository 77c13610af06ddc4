/** The library for graphs with branches, asked for once. */
import type { Spread } from './layout.ts';

let loading: Promise<Spread> | null = null;

/** Asked again when it did not come. */
export function loadSpread(): Promise<Spread> {
  loading ??= import('./spread.ts').then(
    ({ spread }) => spread,
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}
