/** Rows of what was seen of a licence's users. */

export interface SightingRow {
  licence_id: number;
  kind: 'device' | 'address' | 'country';
  value: string;
  seen_at: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    licensing_sightings: SightingRow;
  }
}
