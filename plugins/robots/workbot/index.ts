/**
 * The WorkBot document, in its order, its routes gathered from the parts that they are about: what robots call, people who sign in with
 * their phone, robots, codes and the log; then the same as lists for pages.
 */
import { definePart } from '#core/plugin.ts';
import { robotCommandRoutes } from '../commands/routes/commands.ts';
import { robotSideRoutes } from '../commands/routes/robot-side.ts';
import { sendMessage } from '../commands/routes/send-message.ts';
import { uploadMessage } from '../conversations/routes/upload-message.ts';
import { platformLogList } from '../logs/routes/platform.ts';
import { listLogs } from '../logs/routes/workbot.ts';
import { activationRoutes } from '../robots/routes/activation.ts';
import { codeRoutes } from '../robots/routes/codes.ts';
import { platformCodeRoutes } from '../robots/routes/platform-codes.ts';
import { platformRobotRoutes } from '../robots/routes/platform-robots.ts';
import { robotRoutes } from '../robots/routes/robots.ts';
import { adminUserRoutes } from './routes/admin-users.ts';
import { userRoutes } from './routes/users.ts';
import type { WorkbotScope } from './services.ts';

export const workbot = definePart<WorkbotScope>({
  name: 'workbot',
  summary: 'The WorkBot document: what robots call, people, robots, codes and the log',
  needs: ['logs', 'robots', 'commands', 'conversations'],
  routes: [
    uploadMessage,
    ...robotSideRoutes,
    sendMessage,
    ...userRoutes,
    ...activationRoutes,
    ...robotRoutes,
    ...codeRoutes,
    ...adminUserRoutes,
    listLogs,
    ...platformRobotRoutes,
    ...robotCommandRoutes,
    ...platformCodeRoutes,
    platformLogList,
  ],
});
