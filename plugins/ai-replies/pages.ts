/** What the web UI shows of AI replies. Who sees an entry is who may read what is behind it. */
import type { PluginPages } from '#core/plugin.ts';
import { AI_READ } from './access.ts';

export const pages: PluginPages = {
  navigation: [
    {
      id: 'drafts',
      title: { en: 'Answers', zh: '回复' },
      path: '/ai/drafts',
      icon: 'pencil',
      order: 10,
      access: AI_READ,
    },
    {
      id: 'answering',
      title: { en: 'How robots answer', zh: '回复规则' },
      path: '/ai/answering',
      icon: 'adjustments',
      order: 20,
      access: { ...AI_READ, also: ['robots:read'] },
    },
    {
      id: 'knowledge',
      title: { en: 'Knowledge', zh: '知识库' },
      path: '/ai/knowledge',
      icon: 'book',
      order: 30,
      access: AI_READ,
    },
    {
      id: 'models',
      title: { en: 'Models', zh: '模型' },
      path: '/ai/models',
      icon: 'cpu',
      order: 50,
      access: AI_READ,
    },
    {
      id: 'tools',
      title: { en: 'Tools', zh: '工具' },
      path: '/ai/tools',
      icon: 'tool',
      order: 60,
      access: AI_READ,
    },
    {
      id: 'costs',
      title: { en: 'Costs', zh: '费用' },
      path: '/ai/costs',
      icon: 'coins',
      order: 70,
      access: AI_READ,
    },
  ],
  commands: [
    {
      id: 'goDrafts',
      path: '/ai/drafts',
      access: AI_READ,
      title: { en: 'Go to the answers of AI', zh: '前往 AI 回复' },
    },
    {
      id: 'goKnowledge',
      path: '/ai/knowledge',
      access: AI_READ,
      title: { en: 'Go to the knowledge of robots', zh: '前往机器人知识库' },
    },
    {
      id: 'search',
      path: '/ai/knowledge?tab=search',
      access: AI_READ,
      title: { en: 'Search in knowledge', zh: '搜索知识库' },
    },
  ],
  cards: [{ id: 'today', title: { en: 'AI today', zh: '今日 AI' }, access: AI_READ }],
};
