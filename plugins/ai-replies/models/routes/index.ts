/** The routes of models. */
import { budgetRoutes } from './budgets.ts';
import { costRoutes } from './costs.ts';
import { providerRoutes } from './providers.ts';

export const modelRoutes = [...providerRoutes, ...budgetRoutes, ...costRoutes];
