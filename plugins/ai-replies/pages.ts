/** What the web UI shows of AI replies. Who sees an entry is who may read what is behind it. */
import { TENANT_ADMINS } from '#core/kit.ts';
import type { PluginPages } from '#core/plugin.ts';
import { AI_READ } from './access.ts';

/** As the settings of the organisation, which it is one of. */
const AI_CONSENT = { scope: 'settings:manage', tenant: true, roles: TENANT_ADMINS };

export const pages: PluginPages = {
  navigation: [
    {
      id: 'drafts',
      title: { en: 'AI drafts', zh: 'AI 草稿' },
      path: '/inbox/drafts',
      area: 'inbox',
      icon: 'pencil',
      order: 20,
      access: AI_READ,
      words: { en: 'answers suggestions approve review', zh: '回复 建议 审核' },
    },
    {
      id: 'answering',
      title: { en: 'AI settings', zh: 'AI 设置' },
      path: '/assistants/answering',
      area: 'assistants',
      icon: 'adjustments',
      order: 30,
      access: { ...AI_READ, also: ['robots:read'] },
      words: { en: 'how robots answer policy autopilot prompt test bench', zh: '回复规则 自动回复 提示词 策略 测试' },
    },
    {
      id: 'knowledge',
      title: { en: 'Knowledge', zh: '知识库' },
      path: '/assistants/knowledge',
      area: 'assistants',
      icon: 'book',
      order: 40,
      access: AI_READ,
      words: { en: 'documents sources faq rag embedding bases', zh: '文档 来源 问答 资料' },
    },
    {
      id: 'tools',
      title: { en: 'Tools', zh: '工具' },
      path: '/assistants/tools',
      area: 'assistants',
      icon: 'tool',
      order: 50,
      access: AI_READ,
      words: { en: 'functions mcp calls actions', zh: '函数 调用 动作' },
    },
    {
      id: 'consent',
      title: { en: 'AI consent', zh: 'AI 授权' },
      path: '/settings/ai/consent',
      area: 'settings',
      group: 'organisation',
      icon: 'shield',
      order: 48,
      access: AI_CONSENT,
      words: { en: 'allow models data privacy sensitive words', zh: '同意 允许 模型 数据 隐私 敏感词' },
    },
    {
      id: 'models',
      title: { en: 'AI models', zh: 'AI 模型' },
      path: '/settings/ai/models',
      area: 'settings',
      group: 'organisation',
      icon: 'cpu',
      order: 50,
      access: AI_READ,
      words: { en: 'openai ollama anthropic llm provider gpt', zh: '大模型 供应商 语言模型' },
    },
    {
      id: 'costs',
      title: { en: 'AI costs', zh: 'AI 费用' },
      path: '/settings/ai/costs',
      area: 'settings',
      group: 'organisation',
      below: 'models',
      icon: 'coins',
      order: 60,
      access: AI_READ,
      words: { en: 'budgets spending tokens money', zh: '预算 花费 用量 令牌' },
    },
  ],
  commands: [
    {
      id: 'goDrafts',
      path: '/inbox/drafts',
      access: AI_READ,
      title: { en: 'Go to AI drafts', zh: '前往 AI 草稿' },
    },
    {
      id: 'goKnowledge',
      path: '/assistants/knowledge',
      access: AI_READ,
      title: { en: 'Go to knowledge', zh: '前往知识库' },
    },
    {
      id: 'search',
      path: '/assistants/knowledge?tab=search',
      access: AI_READ,
      title: { en: 'Search in knowledge', zh: '搜索知识库' },
    },
  ],
  cards: [{ id: 'today', title: { en: 'AI today', zh: '今日 AI' }, access: AI_READ }],
};
