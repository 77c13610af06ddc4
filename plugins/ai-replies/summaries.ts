/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';
import { settingTexts } from './setting-texts.ts';

export const summaries: Summaries = {
  zh: {
    ...settingTexts,
    'ai-replies': '模型回答：提供商、规则、知识和费用',
    'ai.generate': '询问模型并给出其回答',
    'ai.classify': '将文本归入给定标签之一',
    'ai.extract': '按 JSON Schema 从文本中提取内容',
    'kb.search': '查找与问题相符的文档段落，最相符的在前',
    'ai.reply': '根据知识回答文本，或说明需要人工；不发送任何内容',
    'ai.answerMail': '根据知识回复邮件：作为由人发送的草稿，或立即发送',
    'ai-replies.lostCalls': '计入进程中断时模型调用可能产生的费用',
    'ai-replies.pruneCalls': '清除超出保留期限的模型调用',
    'ai-replies.refreshPages': '按计划重新读取网页',
    'ai-replies.syncSources': '按计划重新读取知识来源，以及任务丢失的来源',
    'ai-replies.readLost': '重新读取任务丢失或最终失败的文档',
    'ai-replies.embedMissing': '为缺少当前模型向量的段落生成向量',
    'ai-replies.handOverOverdue': '将无人回答的内容转人工：最终失败的任务、无人决定的调用',
    'ai-replies.pruneReplies': '清除超出保留期限的 AI 回复及未回复的原因',
  },
};
