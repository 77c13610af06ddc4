/** Rows of accounts at other providers. */

export interface OidcIdentityRow {
  provider: string;
  subject: string;
  user_id: number;
  created_at: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    auth_oidc_identities: OidcIdentityRow;
  }
}
