/** The routes of replies. */
import { policyRoutes } from './policies.ts';
import { replyItems } from './replies.ts';

export const replyRoutes = [...policyRoutes, ...replyItems];
