/** Answers as pages read them. */
import type { RowOf } from 'patchbay-platform/ui';

export const REPLIES = '/api/platform/ai/replies';
export const REPLY = '/api/platform/ai/replies/{id}';
export type Reply = RowOf<typeof REPLIES>;
/** An answer was made, rejected, or none was; what a contact says meanwhile withdraws one that waits. */
export const REPLY_TOPICS = ['ai.reply.generated', 'ai.reply.rejected', 'ai.reply.held', 'robot.message'] as const;

/** Who is answered, as the inbox names them. */
export function companionOf({ person, group }: Pick<Reply, 'person' | 'group'>): string {
  return [person, group].filter(Boolean).join(' · ');
}

/** How states look: their words are not those of other things. */
export const REPLY_LOOKS = {
  ready: 'scheduled',
  draft: 'waiting',
  sent: 'sent',
  rejected: 'rejected',
  withdrawn: '',
  held: 'snoozed',
  silent: '',
} as const;
export const REPLY_STATES = ['draft', 'ready', 'sent', 'held', 'silent', 'rejected', 'withdrawn'] as const;
