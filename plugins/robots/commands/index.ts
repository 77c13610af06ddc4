/** Commands: accepted, offered over sockets and polls, and what became of them; questions to robots beside them. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { ROBOT_SEERS } from '../robots/visibility.ts';
import { COMMANDS_STORED } from './open-commands.ts';
import { robotCommandRoutes } from './routes/commands.ts';
import { questionRoutes } from './routes/questions.ts';
import { robotSideRoutes } from './routes/robot-side.ts';
import { sendMessage } from './routes/send-message.ts';
import { type CommandsScope, commandsServices, publicCommandsServices } from './services.ts';
import { robotSocket } from './sockets/robot-socket.ts';
import { commandTables } from './tables.ts';

export const commands = definePart<CommandsScope & { config: RobotsConfig }>({
  name: 'commands',
  summary: 'What robots are to do: accepted, offered over sockets and polls, carried out',
  needs: ['logs', 'robots'],
  contents: { commands: 'robots_commands' },
  tables: commandTables,
  services: commandsServices,
  publicServices: publicCommandsServices,
  routes: [sendMessage, ...robotSideRoutes, ...robotCommandRoutes, ...questionRoutes],
  sockets: [robotSocket],
  events: {
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
  },
  eventAccess: { 'robot.command.finished': ROBOT_SEERS },
  async start({ notices, connectedRobots, robotQuestions }) {
    connectedRobots.start();
    robotQuestions.start();
    notices.on(COMMANDS_STORED, (robots) => {
      for (const robot of Array.isArray(robots) ? robots : []) connectedRobots.pump(Number(robot));
    });
  },
  async stop({ connectedRobots, robotQuestions }) {
    robotQuestions.stop();
    connectedRobots.stop();
  },
});
