/** Test sets: questions with what is to be found for them. Table: ai_replies_test_sets. */
import Type from 'typebox';
import { resource } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../access.ts';
import { aiErrors } from '../errors.ts';
import type {} from './tables.ts';

export const testSets = resource({
  path: '/api/platform/ai/test-sets',
  tag: 'knowledge',
  table: 'ai_replies_test_sets',
  read: AI_READ,
  write: AI_MANAGE,
  fields: {
    name: {
      schema: Type.String({ minLength: 1, maxLength: 100 }),
      list: { type: 'text', filter: 'equals', sort: true },
    },
    bases: {
      schema: Type.Union([Type.Array(Type.String({ maxLength: 40 }), { maxItems: 200 }), Type.Null()], {
        description: 'Ids of the knowledge bases that are asked; null for all',
      }),
      default: null,
      as: 'json',
    },
    k: {
      schema: Type.Integer({ minimum: 1, maximum: 20, description: 'So many passages are looked at; default 5' }),
      default: 5,
    },
  },
  stamps: ['created_at', 'updated_at'],
  summaries: {
    list: 'Test sets, newest first',
    create: 'A new test set',
    find: 'A test set',
    change: 'Changes a test set',
    remove: 'Removes a test set with its runs',
  },
  errors: { notFound: aiErrors.test_set_not_found, exists: aiErrors.test_set_exists },
});
