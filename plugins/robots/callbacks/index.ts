/** Callbacks: third parties are told of messages, results, QR codes and changes of state, and may answer messages. */
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { callBack } from './jobs.ts';
import { thirdPartyRoutes } from './routes.ts';
import { type CallbacksScope, callbacksServices } from './services.ts';
import './tables.ts';

export const callbacks = definePart<CallbacksScope & { config: RobotsConfig }>({
  name: 'callbacks',
  summary: 'Third parties are told what robots hear and do, and answer',
  needs: ['logs', 'robots', 'commands', 'conversations'],
  services: callbacksServices,
  routes: thirdPartyRoutes,
  jobs: [callBack],
});
