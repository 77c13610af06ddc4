/** Rows of consents. */

export interface ConsentRow {
  id: number;
  tenant_id: number;
  user_id: number | null;
  type: string;
  version: string;
  granted: number;
  ip: string;
  user_agent: string;
  created_at: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    auth_consents: ConsentRow;
  }
}
