/** Robots, their commands and what they hear, conversations with people. Speaks the WorkBot dialect. */
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { broadcasts } from './broadcasts/index.ts';
import { callbacks } from './callbacks/index.ts';
import { channels } from './channels/index.ts';
import { commands } from './commands/index.ts';
import { RobotsConfig } from './config.ts';
import type {} from './contract.ts';
import { conversations } from './conversations/index.ts';
import { sweepRobots, tidyRobots } from './cron.ts';
import { workBotDialect } from './dialect.ts';
import { removeRobotsOfTenant, removeRobotsOfUser } from './erasure.ts';
import { logs } from './logs/index.ts';
import { ROBOT_METERS } from './meters.ts';
import { pages } from './pages.ts';
import { addRequestLimit } from './request-limit.ts';
import { robotAuthenticator } from './robots/authenticator.ts';
import { robots } from './robots/index.ts';
import { groundServices, type RobotsGround } from './services.ts';
import { statistics } from './statistics/index.ts';
import { summaries } from './summaries.ts';
import { workbotUsers } from './workbot-users/index.ts';

export default definePlugin({
  name: 'robots',
  summary: 'Chat robots: activation, commands over sockets and polling, messages, conversations',
  summaries,
  requires: ['auth'],
  config: RobotsConfig,
  migrations: new URL('./migrations/', import.meta.url),
  derived: new URL('./conversations/derived.ts', import.meta.url),
  parts: [logs, robots, statistics, workbotUsers, commands, conversations, callbacks, broadcasts, channels],
  services: groundServices,
  dialects: [workBotDialect],
  authenticators: [robotAuthenticator],
  cron: [sweepRobots, tidyRobots],
  pages,
  on: { 'user.deleted': removeRobotsOfUser, 'tenant.deleted': removeRobotsOfTenant },
  functionWords: ['conversations', 'contacts'],
  meters: ROBOT_METERS,
  scopes: {
    'robots:read': 'See robots, their conversations and figures',
    'robots:manage': 'Create and change robots, their contacts and conversations',
    'messages:send': 'Send messages and commands through robots',
  },
  async start(services) {
    addRequestLimit(services as RobotsGround);
  },
});
