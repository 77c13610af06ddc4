/** What other plugins may use of AI replies: its events. It imports nothing from inside. */

/** An answer was made: sent, or as a draft that waits for a person. */
export interface ReplyGenerated {
  reply_id: string;
  conversation_id: string;
  robot_id: string;
  contact_id: string;
  state: 'sent' | 'draft';
  /** The provider that made it; null for an answer that a person had approved. */
  provider: string | null;
  model: string | null;
}

/** A person has rejected a draft: it is not sent. */
export interface ReplyRejected {
  reply_id: string;
  conversation_id: string;
  robot_id: string;
  contact_id: string;
}

/** No answer was sent, though one might have been. */
export interface ReplyHeld {
  conversation_id: string;
  robot_id: string;
  /** `consent`, `sensitive_words`, `limit`, `budget`, `handover`, `no_provider`, `provider_failed`. */
  reason: string;
}

export interface LimitReached {
  /** What has a limit: the money of a tenant, robot, contact or workflow, or the answers of a robot in a day. */
  kind: 'tenant' | 'robot' | 'contact' | 'workflow' | 'daily';
  /** Its id. */
  subject: string;
  percent: 50 | 80 | 100;
  /** Millionths of the currency, or answers. */
  used: number;
  limit: number;
}

export interface ProviderDown {
  provider: string;
  /** What it said last. */
  reason: string;
  /** When it is tried again, ISO 8601. */
  until: string;
}

/** A document of knowledge was read, or could not be. */
export interface DocumentRead {
  document_id: string;
  base_id: string;
  state: 'ready' | 'failed';
  /** Why it could not be read; of one that is ready, why not the last time. */
  reason: string;
}

export interface TestFinished {
  test_set_id: string;
  run_id: string;
  state: 'done' | 'failed';
  reason: string;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'ai.reply.generated': ReplyGenerated;
      'ai.reply.rejected': ReplyRejected;
      'ai.reply.held': ReplyHeld;
      'ai.limit.reached': LimitReached;
      'ai.provider.down': ProviderDown;
      'ai.document.read': DocumentRead;
      'ai.test.finished': TestFinished;
    }
  }
}
