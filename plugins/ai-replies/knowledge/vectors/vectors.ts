/** Chunks by meaning: those whose vectors are the nearest to that of a question. Table: ai_replies_vectors. */
import type { Services } from '#core/plugin.ts';
import type { Asker, Embedded, Models } from '../../models/types.ts';
import type { Comparison } from './comparison.ts';
import type { Nearest } from './types.ts';

export interface Vectors {
  /**
   * The nearest chunks of the bases (integer keys), nearest first; null when no endpoint is set up, or nothing has a vector
   * yet. Throws as `models.embed`.
   */
  nearest(
    asker: Asker,
    bases: readonly number[],
    text: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly Nearest[] | null>;
}

/** The same question is asked again: by a page, by test sets, by several robots. */
const MOST_REMEMBERED = 500;
const LONGEST_QUESTION = 8_000;

interface Question {
  model: string;
  vector: Float32Array;
}

export function createVectors({
  db,
  models,
  comparison,
}: Services & { models: Models; comparison: Comparison }): Vectors {
  const known = new Map<string, Question>();

  return {
    async nearest(asker, bases, text, limit, signal) {
      const some = await db
        .read('ai_replies_vectors')
        .whereIn('base', [...bases])
        .first('chunk');
      if (!some) return null;
      const question = await questionOf(asker, text.slice(0, LONGEST_QUESTION), signal);
      return question && comparison.nearest({ ...question, bases, limit });
    },
  };

  async function questionOf(asker: Asker, text: string, signal?: AbortSignal): Promise<Question | null> {
    const key = `${asker.tenantId}\n${text}`;
    const found = known.get(key);
    if (found) return found;
    const question = firstOf(await models.embed(asker, [text], signal));
    if (!question) return null;
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, question);
    return question;
  }
}

function firstOf(embedded: Embedded | null): Question | null {
  const [vector] = embedded?.vectors ?? [];
  return embedded && vector ? { model: embedded.model, vector } : null;
}
