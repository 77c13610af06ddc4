/** First steps: a robot. */
import type { FirstStep } from '#core/plugin.ts';
import { ROBOTS_MANAGE } from '../access.ts';
import type { RobotsPartScope } from './services.ts';

export const ROBOT_STEP: FirstStep = {
  id: 'robots.robot',
  title: { en: 'A robot', zh: '机器人' },
  text: {
    en: 'A telephone or a Telegram bot, whose conversations come into one inbox.',
    zh: '手机或 Telegram 机器人，对话统一进入“会话”。',
  },
  path: '/assistants',
  order: 70,
  access: ROBOTS_MANAGE,
  async state({ tenantId }, { db }: RobotsPartScope) {
    const one = await db
      .read('robots_robots')
      .where({ tenant_id: tenantId ?? '', status: 'active' })
      .first('id');
    return one ? 'done' : 'open';
  },
};
