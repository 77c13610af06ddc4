/** What plans limit of AI replies. */
export const AI_REPLIES = 'ai_replies';
