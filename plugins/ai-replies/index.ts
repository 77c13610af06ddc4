/** AI replies: models, what robots answer with them and when, and the knowledge that answers come from. */
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import type {} from '#plugins/robots/contract.ts';
import { AiRepliesConfig } from './config.ts';
import { goneSubscriptions } from './erasure.ts';
import { sqliteExtensions } from './knowledge/extension.ts';
import { knowledge } from './knowledge/index.ts';
import { AI_METERS } from './meters.ts';
import { models } from './models/index.ts';
import { pages } from './pages.ts';
import { replies } from './replies/index.ts';
import { groundServices } from './services.ts';
import { summaries } from './summaries.ts';
import { AI_SETTINGS } from './tenant-rules.ts';
import { tools } from './tools/index.ts';

export default definePlugin({
  name: 'ai-replies',
  summary: 'Answers by models: providers, policies, knowledge, costs',
  summaries,
  requires: ['auth', 'robots'],
  config: AiRepliesConfig,
  migrations: new URL('./migrations/', import.meta.url),
  derived: new URL('./knowledge/derived.ts', import.meta.url),
  sqliteExtensions,
  parts: [models, knowledge, replies, tools],
  services: groundServices,
  pages,
  on: goneSubscriptions,
  functionWords: ['ai', 'kb'],
  tenantSettings: AI_SETTINGS,
  meters: AI_METERS,
  scopes: {
    'ai:read': 'See policies, knowledge, answers and costs of AI',
    'ai:manage': 'Change policies and knowledge of AI, approve its answers',
    'ai:use': 'Ask models, at the cost of the tenant',
  },
});
