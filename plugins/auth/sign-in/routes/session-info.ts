/** /api/platform/me: who is asking. */
import { route } from '#core/plugin.ts';
import type { SignInScope } from '../services.ts';
import { meView } from '../session-info.ts';

export const meRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/me',
    access: { scope: 'account:read' },
    summary: 'Who you are, what you may be, and the token that a page sends with its writes',
    responses: { 200: meView },
    handler: ({ principal }, { me }: SignInScope) => me.of(principal),
  }),
];
