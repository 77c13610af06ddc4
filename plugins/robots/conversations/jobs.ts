/** Queued work of conversations: what is left of an erasure. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { ERASE_CONTACT_JOB } from './contact-erasure.ts';
import type { ConversationsScope } from './services.ts';
import { deleteUnusedWords, FORGET_WORDS_JOB } from './words.ts';

export const forgetWordsOfErased = defineJob({
  name: FORGET_WORDS_JOB,
  summary: 'Takes the words of what was erased out of the indexes',
  payload: Type.Object({}),
  concurrency: 1,
  mustHappen: true,
  run: (_job, _context, { db }: ConversationsScope) => deleteUnusedWords(db),
});

export const goOnErasing = defineJob({
  name: ERASE_CONTACT_JOB,
  summary: 'Erases what is left of a contact whose erasure was cut off',
  payload: Type.Object({ contact: Type.Integer() }),
  concurrency: 2,
  perLane: 1,
  timeoutMs: 15 * 60_000,
  mustHappen: true,
  run: ({ contact }, _context, { contactErasure }: ConversationsScope) => contactErasure.goOn(contact),
});
