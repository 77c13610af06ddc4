/** AI replies: models, what robots answer with them and when, and the knowledge that answers come from. */
import Type from 'typebox';
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import type {} from '#plugins/robots/contract.ts';
import { AiRepliesConfig } from './config.ts';
import { goneSubscriptions } from './erasure.ts';
import { modelFunctions } from './functions.ts';
import { testCommand } from './knowledge/command.ts';
import { knowledgeCron } from './knowledge/cron.ts';
import { sqliteExtensions } from './knowledge/extension.ts';
import { knowledgeJobs, readingJob } from './knowledge/jobs.ts';
import './knowledge/tables.ts';
import { AI_METERS } from './meters.ts';
import { modelCron } from './models/cron.ts';
import { REPLY_ATTENTION } from './replies/attention.ts';
import { replyCron } from './replies/cron.ts';
import { replyJobs } from './replies/jobs.ts';
import { replySubscriptions } from './replies/subscriptions.ts';
import { replyRoutes } from './routes/replies/index.ts';
import { AI_SETTINGS } from './tenant-rules.ts';
import './models/tables.ts';
import { pages } from './pages.ts';
import { replyFunctions } from './reply-functions.ts';
import { knowledgeRoutes } from './routes/knowledge/index.ts';
import { modelRoutes } from './routes/models/index.ts';
import { toolRoutes } from './routes/tools/index.ts';
import './replies/tables.ts';
import type { AiScope } from './scope.ts';
import { TOOL_ATTENTION } from './tools/attention.ts';
import { performTool } from './tools/jobs.ts';
import { LIMIT_READERS, ROBOT_READERS } from './visibility.ts';
import './tools/tables.ts';
import { aiServices } from './services.ts';

const readers = { scope: 'ai:read', tenant: true };

export default definePlugin({
  name: 'ai-replies',
  summary: 'Answers by models: providers, policies, knowledge, costs',
  requires: ['auth', 'robots'],
  config: AiRepliesConfig,
  migrations: new URL('./migrations/', import.meta.url),
  sqliteExtensions,
  pages,
  contents: {
    calls: 'ai_replies_calls',
    documents: 'ai_replies_documents',
    answers: 'ai_replies_answers',
    replies: 'ai_replies_replies',
  },
  services: aiServices satisfies Record<string, (services: AiScope & { config: AiRepliesConfig }) => unknown>,
  routes: [...modelRoutes, ...knowledgeRoutes, ...replyRoutes, ...toolRoutes],
  tags: { knowledge: 'What robots answer from: documents, approved answers, and tests of both' },
  cron: [...modelCron, ...knowledgeCron, ...replyCron],
  jobs: [...knowledgeJobs, performTool],
  commands: [testCommand],
  on: { ...replySubscriptions, ...goneSubscriptions },
  // Nobody else sees that a customer waits for an answer, or for the word that a person comes.
  mustHear: ['robot.message', 'conversation.handed_over'],
  events: {
    'ai.reply.generated': Type.Object({
      reply_id: Type.String(),
      conversation_id: Type.String(),
      robot_id: Type.String(),
      contact_id: Type.String(),
      state: Type.Enum(['sent', 'draft']),
      provider: Type.Union([Type.String(), Type.Null()]),
      model: Type.Union([Type.String(), Type.Null()]),
    }),
    'ai.reply.rejected': Type.Object({
      reply_id: Type.String(),
      conversation_id: Type.String(),
      robot_id: Type.String(),
      contact_id: Type.String(),
    }),
    'ai.reply.held': Type.Object({
      conversation_id: Type.String(),
      robot_id: Type.String(),
      reason: Type.String(),
    }),
    'ai.limit.reached': Type.Object({
      kind: Type.String(),
      subject: Type.String(),
      percent: Type.Integer(),
      used: Type.Integer(),
      limit: Type.Integer(),
    }),
    'ai.provider.down': Type.Object({ provider: Type.String(), reason: Type.String(), until: Type.String() }),
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
  eventAccess: {
    'ai.reply.generated': ROBOT_READERS,
    'ai.reply.rejected': ROBOT_READERS,
    'ai.reply.held': ROBOT_READERS,
    'ai.limit.reached': LIMIT_READERS,
    'ai.provider.down': readers,
    'ai.document.read': readers,
    'ai.test.finished': readers,
  },
  functions: [...modelFunctions, ...replyFunctions],
  functionWords: ['ai', 'kb'],
  attention: [...REPLY_ATTENTION, ...TOOL_ATTENTION],
  tenantSettings: AI_SETTINGS,
  meters: AI_METERS,
  scopes: {
    'ai:read': 'See policies, knowledge, answers and costs of AI',
    'ai:manage': 'Change policies and knowledge of AI, approve its answers',
    'ai:use': 'Ask models, at the cost of the tenant',
  },
  async start(services) {
    const scope = services as AiScope;
    await scope.embedding.enqueueMissing();
    for (const job of [...replyJobs(scope), readingJob(scope)]) scope.jobs.add(job);
  },
  async stop(services) {
    await (services as AiScope).comparison.stop();
    await (services as AiScope).pendingWrites.settled();
  },
});
