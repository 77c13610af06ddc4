/** Rows of tokens: those of pages, and those with which programs go on. */

/** A token that was or is in a page's cookie. */
export interface PageTokenRow {
  token_hash: string;
  session_id: string;
  /** The token that it takes the place of; null for the first. */
  parent_hash: string | null;
  created_at: number;
  /** When it was last sent to the browser. */
  given_at: number;
  /** When it first came back; null until then. */
  used_at: number | null;
  /** When its successor first came back. */
  replaced_at: number | null;
}

export interface RefreshTokenRow {
  token_hash: string;
  session_id: string;
  created_at: number;
  used_at: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      auth_page_tokens: PageTokenRow;
      auth_refresh_tokens: RefreshTokenRow;
    }
  }
}
