/** What waits for a person: calls of tools that somebody has to allow. */
import { type AttentionSource, countedTo } from '#core/plugin.ts';
import { AI_MANAGE } from '../access.ts';
import { seenToolCalls } from '../visibility.ts';
import type { ToolsScope } from './services.ts';

export const TOOL_ATTENTION: readonly AttentionSource[] = [
  {
    id: 'ai-replies.tools',
    title: { en: 'Calls of tools that wait for your approval', zh: '等待您批准的工具调用' },
    path: '/assistants/tools',
    access: AI_MANAGE,
    count: (principal, { db, conversations }: ToolsScope) =>
      countedTo(seenToolCalls(db.read, principal, conversations).where({ state: 'waiting' })),
  },
];
