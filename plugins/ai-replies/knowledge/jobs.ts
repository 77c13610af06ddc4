/** What is done with documents behind the back of requests. */
import Type from 'typebox';
import { type BoundJob, isAppError, lazily } from '#core/kit.ts';
import { defineJob } from '#core/plugin.ts';
import { halfOf } from '../lane-limit.ts';
import { EMBED_DOCUMENT, ERASE_KNOWLEDGE, READ_DOCUMENT, RUN_TESTS, SYNC_SOURCE } from './job-names.ts';
import type { KnowledgeScope } from './services.ts';

const values = lazily<typeof import('typebox/value')>('typebox/value', import.meta.url);
const READ_TRIES = 4;
/** Longer than a document may take, and the thread to begin. */
const READ_TIMEOUT_MS = 15 * 60_000;

const Reading = Type.Object({ document: Type.Integer(), wanted: Type.Integer() });

/** As many documents at once as the configuration says, which is known when the services are. */
export function readingJob({ aiConfig, documentReading }: KnowledgeScope): BoundJob {
  const { readers } = aiConfig.knowledge;
  return {
    name: READ_DOCUMENT,
    summary: 'Reads a document of knowledge, and cuts it into passages',
    payload: Reading,
    maxAttempts: READ_TRIES,
    timeoutMs: READ_TIMEOUT_MS,
    concurrency: readers,
    perLane: halfOf(readers),
    async run(payload, { attempt, signal }) {
      const { document, wanted } = values().Value.Parse(Reading, payload);
      try {
        await documentReading.read(document, wanted, attempt >= READ_TRIES, signal);
      } catch (error) {
        // Where its bytes cannot be had for now that is no try: it stays waiting, and is asked for again (cron.ts).
        if (!isAppError(error) || error.status !== 503) throw error;
      }
    },
  };
}

export const knowledgeJobs = [
  defineJob({
    name: EMBED_DOCUMENT,
    summary: 'Gives the passages of a document their vectors',
    payload: Type.Object({ document: Type.Integer() }),
    timeoutMs: READ_TIMEOUT_MS,
    concurrency: 2,
    perLane: 1,
    async run({ document }, { signal }, { embedding }: KnowledgeScope) {
      await embedding.embed(document, signal);
    },
  }),
  defineJob({
    name: ERASE_KNOWLEDGE,
    summary: 'Erases what was in a document or a base that was deleted',
    payload: Type.Object({ document: Type.Optional(Type.Integer()), base: Type.Optional(Type.Integer()) }),
    timeoutMs: READ_TIMEOUT_MS,
    concurrency: 2,
    perLane: 1,
    mustHappen: true,
    async run({ document, base }, _job, { knowledgeErasure }: KnowledgeScope) {
      if (document !== undefined) await knowledgeErasure.eraseDocument(document);
      if (base !== undefined) await knowledgeErasure.eraseBase(base);
    },
  }),
  defineJob({
    name: SYNC_SOURCE,
    summary: 'Brings documents of knowledge in step with where they come from',
    payload: Type.Object({ source: Type.Integer(), wanted: Type.Integer() }),
    maxAttempts: READ_TRIES,
    timeoutMs: READ_TIMEOUT_MS,
    // Most of its time it waits for servers of others, some of which never answer.
    concurrency: 8,
    perLane: 1,
    async run({ source, wanted }, { attempt, signal }, { sourceSync }: KnowledgeScope) {
      await sourceSync.run(source, wanted, attempt >= READ_TRIES, signal);
    },
  }),
  defineJob({
    name: RUN_TESTS,
    summary: 'Runs a test set of knowledge',
    payload: Type.Object({ run: Type.Integer() }),
    timeoutMs: READ_TIMEOUT_MS,
    concurrency: 2,
    perLane: 1,
    async run({ run }, { signal }, { testRuns, knowledgeAnnouncing }: KnowledgeScope) {
      await testRuns.work(run, signal);
      await knowledgeAnnouncing.testFinished(run);
    },
  }),
];
