/** Rows of codes for phones. */

export interface PhoneCodeRow {
  phone: string;
  /** Null once it was used. */
  code_hash: string | null;
  sent_at: number;
  expires_at: number;
  tries: number;
  day_began_at: number;
  sent_that_day: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    auth_phone_codes: PhoneCodeRow;
  }
}
