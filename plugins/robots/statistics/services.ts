/** How the services of statistics are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { RobotsOwn } from '../robots/services.ts';
import type { RobotsGround } from '../services.ts';
import { createStatistics } from './statistics.ts';

export const statisticsServices = {
  robotStatistics: createStatistics,
};

export interface StatisticsOwn extends ServicesOf<typeof statisticsServices> {}

/** What this part sees. */
export interface StatisticsScope extends RobotsGround, RobotsOwn, StatisticsOwn {}
