/** Everything of knowledge that the API has. */
import { answerRoutes } from './answers.ts';
import { askRoutes } from './ask.ts';
import { baseRoutes } from './bases.ts';
import { bulkRoutes } from './bulk.ts';
import { documentRoutes } from './documents.ts';
import { sourceRoutes } from './sources.ts';
import { testRunRoutes } from './test-runs.ts';
import { testSetRoutes } from './test-sets.ts';

export const knowledgeRoutes = [
  ...askRoutes,
  ...baseRoutes,
  ...bulkRoutes,
  ...documentRoutes,
  ...sourceRoutes,
  ...answerRoutes,
  ...testSetRoutes,
  ...testRunRoutes,
];
