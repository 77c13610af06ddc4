/** How the services of robots are made, by name. */
import type { ServicesOf } from '#core/plugin.ts';
import { broadcastServices } from './broadcasts/services.ts';
import { createCallbacks } from './callbacks/callbacks.ts';
import { thirdPartyServices } from './callbacks/services.ts';
import { channelServices } from './channels/services.ts';
import type { RobotsConfig } from './config.ts';
import { createMessages } from './inbox/messages.ts';
import { inboxServices } from './inbox/services.ts';
import { createRobotErasure } from './robot-erasure.ts';
import { createCommandErasure } from './services/command-erasure.ts';
import { createCommandHooks } from './services/command-hooks.ts';
import { createConnectedRobots } from './services/connected-robots.ts';
import { createOffers } from './services/dispatch.ts';
import { peopleServices } from './services/people.ts';
import { createPresence } from './services/presence.ts';
import { createQuestions } from './services/questions.ts';
import { createArrivals } from './services/reconnect-limit.ts';
import { createResponseTimes } from './services/response-times.ts';
import { createResults } from './services/results.ts';
import { createRobotAccess } from './services/robot-access.ts';
import { createRobotHooks } from './services/robot-hooks.ts';
import { createRobotTokens } from './services/robot-tokens.ts';
import { createRobots } from './services/robots.ts';
import { createStatistics } from './services/statistics.ts';
import { createBareSockets } from './services/unauthenticated-sockets.ts';
import { createFrames } from './sockets/frames-of-dialects.ts';

export const robotsServices = {
  robots: createRobots,
  robotTokens: createRobotTokens,
  robotAccess: createRobotAccess,
  robotPresence: createPresence,
  robotOffers: createOffers,
  robotResults: createResults,
  robotMessages: createMessages,
  robotCallbacks: createCallbacks,
  robotResponseTimes: createResponseTimes,
  connectedRobots: createConnectedRobots,
  robotFrames: createFrames,
  robotStatistics: createStatistics,
  robotArrivals: createArrivals,
  robotBareSockets: createBareSockets,
  robotQuestions: createQuestions,
  robotErasure: createRobotErasure,
  robotHooks: createRobotHooks,
  commandErasure: createCommandErasure,
  commandHooks: createCommandHooks,
  robotsConfig: ({ config }: { config: RobotsConfig }) => config,
  ...peopleServices,
  ...thirdPartyServices,
  ...inboxServices,
  ...broadcastServices,
  ...channelServices,
};

export interface RobotsOwn extends ServicesOf<typeof robotsServices> {}
