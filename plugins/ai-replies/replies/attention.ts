/** What waits for a person: answers that somebody has to send. */
import { type AttentionSource, countedTo } from '#core/plugin.ts';
import { AI_MANAGE } from '../access.ts';
import { seenReplies } from '../visibility.ts';
import type { RepliesScope } from './services.ts';

export const REPLY_ATTENTION: readonly AttentionSource[] = [
  {
    id: 'ai-replies.drafts',
    title: { en: 'Answers of AI that wait for you', zh: '等待您审核的 AI 回复' },
    path: '/inbox/drafts',
    access: AI_MANAGE,
    count: (principal, { db, conversations }: RepliesScope) =>
      countedTo(seenReplies(db.read, principal, conversations).where({ state: 'draft' })),
  },
];
