/** What is done with documents behind the back of requests. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import type { AiScope } from '../scope.ts';
import { EMBED_DOCUMENT, ERASE_KNOWLEDGE, READ_DOCUMENT, RUN_TESTS } from './job-names.ts';

const READ_TRIES = 4;
/** Longer than a document may take, and the thread to begin. */
const READ_TIMEOUT_MS = 15 * 60_000;

export const knowledgeJobs = [
  defineJob({
    name: READ_DOCUMENT,
    summary: 'Reads a document of knowledge, and cuts it into passages',
    payload: Type.Object({ document: Type.Integer(), wanted: Type.Integer() }),
    ...{ maxAttempts: READ_TRIES, timeoutMs: READ_TIMEOUT_MS, concurrency: 4, perLane: 2 },
    async run({ document, wanted }, { attempt, signal }, { documentReading, knowledgeAnnouncing }: AiScope) {
      await documentReading.read(document, wanted, attempt >= READ_TRIES, signal);
      await knowledgeAnnouncing.documentRead(document);
    },
  }),
  defineJob({
    name: EMBED_DOCUMENT,
    summary: 'Gives the passages of a document their vectors',
    payload: Type.Object({ document: Type.Integer() }),
    ...{ timeoutMs: READ_TIMEOUT_MS, concurrency: 2, perLane: 1 },
    async run({ document }, { signal }, { embedding }: AiScope) {
      await embedding.embed(document, signal);
    },
  }),
  defineJob({
    name: ERASE_KNOWLEDGE,
    summary: 'Erases what was in a document or a base that was deleted',
    payload: Type.Object({ document: Type.Optional(Type.Integer()), base: Type.Optional(Type.Integer()) }),
    ...{ timeoutMs: READ_TIMEOUT_MS, concurrency: 1 },
    async run({ document, base }, _job, { knowledgeErasure }: AiScope) {
      if (document !== undefined) await knowledgeErasure.eraseDocument(document);
      if (base !== undefined) await knowledgeErasure.eraseBase(base);
    },
  }),
  defineJob({
    name: RUN_TESTS,
    summary: 'Runs a test set of knowledge',
    payload: Type.Object({ run: Type.Integer() }),
    ...{ timeoutMs: READ_TIMEOUT_MS, concurrency: 2, perLane: 1 },
    async run({ run }, { signal }, { testRuns, knowledgeAnnouncing }: AiScope) {
      await testRuns.work(run, signal);
      await knowledgeAnnouncing.testFinished(run);
    },
  }),
];
