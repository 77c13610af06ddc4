/** Models: who is asked, in which order and within which limits, and what it has cost. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import { LIMIT_READERS, READERS } from '../visibility.ts';
import { budgetAlert } from './alerts.ts';
import { modelCron } from './cron.ts';
import { MODEL_STEP } from './first-steps.ts';
import { modelFunctions } from './functions.ts';
import { modelRoutes } from './routes/index.ts';
import { type ModelsScope, modelServices } from './services.ts';
import { aiSettings } from './settings.ts';
import { modelTables } from './tables.ts';

export const models = definePart<ModelsScope & { config: AiRepliesConfig }>({
  name: 'models',
  summary: 'Models, asked within limits, and what they cost',
  contents: { calls: 'ai_replies_calls' },
  tables: modelTables,
  services: modelServices,
  routes: modelRoutes,
  settings: [aiSettings],
  alerts: [budgetAlert],
  cron: modelCron,
  functions: modelFunctions,
  firstSteps: [MODEL_STEP],
  events: {
    'ai.limit.reached': Type.Object({
      kind: Type.String(),
      subject: Type.String(),
      percent: Type.Integer(),
      used: Type.Integer(),
      limit: Type.Integer(),
    }),
    'ai.provider.down': Type.Object({ provider: Type.String(), reason: Type.String(), until: Type.String() }),
  },
  eventAccess: { 'ai.limit.reached': LIMIT_READERS, 'ai.provider.down': READERS },
  stop: ({ pendingWrites }) => pendingWrites.settled(),
});
