/** What other plugins may use of sample: its service, its events, its hook. It imports nothing from inside. */

export interface Note {
  id: number;
  text: string;
  /** When its writer is reminded of it, ISO 8601; null: not, or not any more. */
  remind_at: string | null;
  created_at: string;
  /** For `If-Match` of a change. */
  version: string;
}

export interface NewNote {
  text: string;
  remindAt?: string | undefined;
}

/** Whose notes: the tenant's, written by a person of it. */
export interface Writer {
  tenantId: string;
  userId: number | null;
}

export interface Notes {
  /** Throws `too_long`, `limit_exceeded`, what a hook throws. With the same key it is kept once. */
  add(writer: Writer, note: NewNote, idempotencyKey?: string): Promise<Note>;
}

/** What plugins that require this one see among their services. */
export interface SampleServices {
  notes: Notes;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'sample.added': { id: number };
    }
    interface HookCatalogue {
      /** Before a note is kept; change the text, or throw an AppError to refuse it. */
      'sample.adding': { text: string };
    }
  }
}
