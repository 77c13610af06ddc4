/** Robots, their commands and what they hear, conversations with people. Speaks the WorkBot dialect. */
import Type from 'typebox';
import { definePlugin, type FactoriesOf } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { ROBOT_ATTENTION } from './attention.ts';
import { robotAuthenticator } from './authenticator.ts';
import { broadcastEventAccess, broadcastEvents } from './broadcasts/events.ts';
import { broadcastFunctions } from './broadcasts/functions.ts';
import './broadcasts/tables.ts';
import { createRobotChannels } from './channels/robot-channels.ts';
import './channels/tables.ts';
import { RobotsConfig } from './config.ts';
import type { RobotsServices } from './contract.ts';
import { sendScheduled, sweepRobots, tidyRobots } from './cron.ts';
import { workBotDialect } from './dialect.ts';
import { ROBOT_SEERS } from './event-access.ts';
import { inboxCron } from './inbox/cron.ts';
import { conversationEventAccess, conversationEvents } from './inbox/events.ts';
import { inboxFunctions } from './inbox/functions.ts';
import { ROBOT_SETTINGS } from './inbox/settings.ts';
import {
  callBack,
  forgetWordsOfErased,
  goOnErasing,
  leaveBroadcasts,
  sendBroadcasts,
  workOnBroadcast,
} from './jobs.ts';
import './inbox/tables.ts';
import { broadcastRoutes } from './broadcasts/routes/index.ts';
import { logRefusals } from './log-sources.ts';
import { ROBOT_METERS } from './meters.ts';
import { pages } from './pages.ts';
import { exportRobots, removeRobotsOfTenant, removeRobotsOfUser } from './personal-data.ts';
import { addRequestLimit } from './request-limit.ts';
import { channelRoutes } from './routes/channels.ts';
import { inboxRoutes } from './routes/inbox/index.ts';
import { peopleRoutes } from './routes/people.ts';
import { questionRoutes } from './routes/questions.ts';
import { robotSideRoutes } from './routes/robot-side.ts';
import { sendMessage } from './routes/send-message.ts';
import { statisticsRoutes } from './routes/statistics.ts';
import { thirdPartyRoutes } from './routes/third-party.ts';
import type { RobotsScope } from './scope.ts';
import { createCommands } from './services/commands.ts';
import { createRobotLogs } from './services/logs.ts';
import { COMMANDS_STORED } from './services/open-commands.ts';
import { robotsServices } from './services.ts';
import { robotSocket } from './sockets/robot-socket.ts';

const RobotState = Type.Object({ robot_id: Type.String(), name: Type.String() });

/** Whose robot or contact it was cannot be asked any more. */
const ofTenant = { scope: 'robots:read', tenant: true, roles: ['owner', 'admin'] };

type Seen = RobotsScope & { config: RobotsConfig };

export default definePlugin({
  name: 'robots',
  summary: 'Chat robots: activation, commands over sockets and polling, messages, conversations',
  requires: ['auth'],
  config: RobotsConfig,
  migrations: new URL('./migrations/', import.meta.url),
  contents: { robots: 'robots_robots', messages: 'robots_messages', commands: 'robots_commands' },
  services: robotsServices satisfies Record<string, (services: Seen) => unknown>,
  publicServices: {
    robotCommands: createCommands,
    robotChannels: createRobotChannels,
    robotLogs: createRobotLogs,
    conversations: ({ takeover: { isAutomatic, handOver }, spoken }: RobotsScope) => ({
      isAutomatic,
      handOver,
      ...spoken,
    }),
  } satisfies FactoriesOf<RobotsServices, Seen>,
  dialects: [workBotDialect],
  authenticators: [robotAuthenticator],
  routes: [
    ...robotSideRoutes,
    sendMessage,
    ...peopleRoutes,
    ...thirdPartyRoutes,
    ...statisticsRoutes,
    ...questionRoutes,
    ...inboxRoutes,
    ...broadcastRoutes,
    ...channelRoutes,
  ],
  tags: { broadcasts: 'Messages to many at the pace of robots, and messages that are sent later' },
  jobs: [callBack, sendBroadcasts, workOnBroadcast, leaveBroadcasts, forgetWordsOfErased, goOnErasing],
  sockets: [robotSocket],
  cron: [sweepRobots, tidyRobots, sendScheduled, ...inboxCron],
  events: {
    'robot.message': Type.Object({
      message_id: Type.String(),
      robot_id: Type.String(),
      conversation_id: Type.String(),
      contact_id: Type.String(),
      group: Type.String(),
      person: Type.String(),
      text: Type.String(),
      text_type: Type.Integer(),
      room_type: Type.Integer(),
      at_me: Type.Boolean(),
    }),
    'robot.online': RobotState,
    'robot.offline': RobotState,
    'robot.reactivated': RobotState,
    'robot.command.finished': Type.Object({
      command_id: Type.String(),
      robot_id: Type.String(),
      type: Type.String(),
      status: Type.String(),
      error_code: Type.Integer(),
      error_reason: Type.String(),
      success_list: Type.Array(Type.String()),
      fail_list: Type.Array(Type.String()),
    }),
    'robot.messages.expired': Type.Object({
      before: Type.String({
        description: 'The tenant keeps nothing older that was said; whoever has copies erases them',
      }),
    }),
    'robot.erased': Type.Object({ robot_id: Type.String() }),
    'contact.erased': Type.Object({ contact_id: Type.String() }),
    ...conversationEvents,
    ...broadcastEvents,
  },
  erasures: ['robot.erased', 'contact.erased'],
  eventAccess: {
    'robot.message': ROBOT_SEERS,
    'robot.online': ROBOT_SEERS,
    'robot.offline': ROBOT_SEERS,
    'robot.reactivated': ROBOT_SEERS,
    'robot.command.finished': ROBOT_SEERS,
    'robot.messages.expired': ofTenant,
    'robot.erased': ofTenant,
    'contact.erased': ofTenant,
    ...conversationEventAccess,
    ...broadcastEventAccess,
  },
  pages,
  attention: ROBOT_ATTENTION,
  on: { 'user.deleted': removeRobotsOfUser, 'tenant.deleted': removeRobotsOfTenant },
  hooks: { 'user.exporting': exportRobots },
  functions: [...inboxFunctions, ...broadcastFunctions],
  functionWords: ['conversations', 'contacts'],
  meters: ROBOT_METERS,
  tenantSettings: ROBOT_SETTINGS,
  scopes: {
    'robots:read': 'See robots, their conversations and figures',
    'robots:manage': 'Make and change robots, their contacts and conversations',
    'messages:send': 'Send messages and commands through robots',
  },
  async start(services) {
    const { notices, connectedRobots, robotQuestions } = services as RobotsScope;
    addRequestLimit(services as RobotsScope);
    logRefusals(services as RobotsScope);
    connectedRobots.start();
    (services as RobotsScope).channelRunner.start();
    robotQuestions.start();
    notices.on(COMMANDS_STORED, (robots) => {
      for (const robot of Array.isArray(robots) ? robots : []) connectedRobots.pump(Number(robot));
    });
  },
  async stop(services) {
    const { connectedRobots, robotQuestions, channelRunner } = services as RobotsScope;
    await channelRunner.stop();
    robotQuestions.stop();
    connectedRobots.stop();
  },
});
