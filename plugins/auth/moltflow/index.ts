/** MoltFlow: the paths of its documents, for what the other parts do. */
import { definePart } from '#core/plugin.ts';
import { Message } from '../access.ts';
import { adminRoutes } from './routes/admin.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { authRoutes } from './routes/auth.ts';
import { userRoutes } from './routes/users.ts';

export const moltflow = definePart({
  name: 'moltflow',
  summary: "Accounts in MoltFlow's dialect",
  needs: ['accounts', 'audit', 'keys', 'organisations', 'registration', 'sessions', 'sign-in'],
  routes: [...authRoutes, ...userRoutes, ...apiKeyRoutes, ...adminRoutes],
  schemas: { Message },
});
