/** Statistics: figures of robots over days. */
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { ratingsRoute } from './ratings.ts';
import { statisticsRoutes } from './routes.ts';
import { type StatisticsScope, statisticsServices } from './services.ts';

export const statistics = definePart<StatisticsScope & { config: RobotsConfig }>({
  name: 'statistics',
  summary: 'Figures of robots over days',
  needs: ['robots'],
  services: statisticsServices,
  routes: [...statisticsRoutes, ratingsRoute],
});
