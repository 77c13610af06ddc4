/** The routes of replies. */
import { policyRoutes } from './policies.ts';
import { replyItems } from './replies.ts';
import { suggestionRoutes } from './suggestions.ts';

export const replyRoutes = [...policyRoutes, ...replyItems, ...suggestionRoutes];
