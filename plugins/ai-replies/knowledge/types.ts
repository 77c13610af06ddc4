/** What the rest of the plugin asks of knowledge. */

export interface Passage {
  /** Id of the chunk. */
  id: string;
  documentId: string;
  /** Name of the document. */
  document: string;
  /** Headings above it, outermost first. */
  headings: readonly string[];
  /** 1 for the first; null where there are no pages. */
  page: number | null;
  /** Where it begins in the document's text, in characters. */
  offset: number;
  /** With its neighbours joined. */
  text: string;
  /** How well it fits, from 0 to 1: what the relevance floor is compared with. */
  score: number;
  /** What led to it, for the test bench. */
  found: { words: number | null; meaning: number | null; rerank: number | null };
}

export interface KnowledgeQuery {
  tenantId: string;
  /** Ids of bases; null is all of the tenant. */
  bases: readonly string[] | null;
  text: string;
  /** So many passages at most; default 5. */
  limit?: number;
  robotId?: string | null;
  signal?: AbortSignal;
}

export interface ApprovedAnswer {
  id: string;
  question: string;
  answer: string;
  score: number;
}

export interface Knowledge {
  /** Best first; above the floor of their bases. Needs no model: where none is set up, words alone are looked for. */
  search(query: KnowledgeQuery): Promise<Passage[]>;
  /** What a person has approved as the answer to this question; null when nothing is close enough. Costs no call. */
  approvedAnswer(query: KnowledgeQuery): Promise<ApprovedAnswer | null>;
  /** What a person has answered to a contact: becomes a suggestion that somebody approves or throws away. */
  suggest(suggestion: {
    tenantId: string;
    conversationId: string;
    contactId: string;
    question: string;
    answer: string;
    userId: number | null;
  }): Promise<void>;
}
