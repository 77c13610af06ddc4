/** Knowledge: documents and approved answers, found by words and by meaning, and tests of both. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import { READERS } from '../visibility.ts';
import { testCommand } from './command.ts';
import { knowledgeCron } from './cron.ts';
import { knowledgeFunctions } from './functions.ts';
import { knowledgeJobs, readingJob } from './jobs.ts';
import { knowledgeRoutes } from './routes/index.ts';
import { type KnowledgeScope, knowledgeServices } from './services.ts';
import { knowledgeTables } from './tables.ts';

export const knowledge = definePart<KnowledgeScope & { config: AiRepliesConfig }>({
  name: 'knowledge',
  summary: 'What robots answer from: documents, approved answers, and tests of both',
  needs: ['models'],
  contents: { documents: 'ai_replies_documents', answers: 'ai_replies_answers' },
  tables: knowledgeTables,
  services: knowledgeServices,
  routes: knowledgeRoutes,
  tags: { knowledge: 'What robots answer from: documents, approved answers, and tests of both' },
  cron: knowledgeCron,
  jobs: knowledgeJobs,
  functions: knowledgeFunctions,
  commands: [testCommand],
  events: {
    'ai.document.read': Type.Object({
      document_id: Type.String(),
      base_id: Type.String(),
      reason: Type.String(),
      state: Type.Enum(['ready', 'failed']),
    }),
    'ai.test.finished': Type.Object({
      test_set_id: Type.String(),
      run_id: Type.String(),
      reason: Type.String(),
      state: Type.Enum(['done', 'failed']),
    }),
  },
  eventAccess: { 'ai.document.read': READERS, 'ai.test.finished': READERS },
  async start(scope) {
    await scope.embedding.enqueueMissing();
    scope.jobs.add(readingJob(scope));
  },
  stop: ({ comparison }) => comparison.stop(),
});
