/** Names of the jobs of knowledge, for those who enqueue them. */
export const READ_DOCUMENT = 'ai-replies.readDocument';
export const EMBED_DOCUMENT = 'ai-replies.embedDocument';
export const ERASE_KNOWLEDGE = 'ai-replies.eraseKnowledge';
export const RUN_TESTS = 'ai-replies.runTests';
export const SYNC_SOURCE = 'ai-replies.syncSource';
