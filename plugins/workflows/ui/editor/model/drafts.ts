/** What somebody has written and not published yet, kept by this browser for this person and this workflow. */
import { isRecord } from 'patchbay-platform/ui';

export interface Draft {
  text: string;
  /** The workflow that it began with; null for a new one. */
  etag: string | null;
  at: number;
}

export interface Drafts {
  read(): Draft | null;
  /** False when the browser keeps nothing. */
  save(draft: Draft): boolean;
  remove(): void;
}

export function draftsOf(person: string, workflow: string): Drafts {
  const key = `patchbay.workflow-draft.${person}.${workflow}`;
  return {
    read() {
      try {
        const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
        if (!isRecord(kept) || typeof kept.text !== 'string' || typeof kept.at !== 'number') return null;
        return { text: kept.text, at: kept.at, etag: typeof kept.etag === 'string' ? kept.etag : null };
      } catch {
        return null;
      }
    },
    save(draft) {
      try {
        localStorage.setItem(key, JSON.stringify(draft));
        return true;
      } catch {
        return false;
      }
    },
    remove: () => localStorage.removeItem(key),
  };
}
