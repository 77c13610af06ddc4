/** Rows of sessions that were signed out. */

/** A cookie that was signed out before its time. */
export interface EndedSessionRow {
  id: string;
  /** When the cookie ends by itself. */
  expires_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      mail_ended_sessions: EndedSessionRow;
    }
  }
}
