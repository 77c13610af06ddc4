/** What the rest of the plugin asks of knowledge (types.ts), from the services that know it. */
import type { Answers } from './answers.ts';
import type { KnowledgeSearch } from './search.ts';
import type { Knowledge } from './types.ts';

export function createKnowledge({
  answers,
  knowledgeSearch,
}: {
  answers: Answers;
  knowledgeSearch: KnowledgeSearch;
}): Knowledge {
  return {
    search: knowledgeSearch.search,
    approvedAnswer: answers.approvedAnswer,
    suggest: answers.suggest,
  };
}
