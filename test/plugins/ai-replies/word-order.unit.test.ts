/** The order of what is found by words: of all public questions more have their paragraph first than by plain BM25. */
import assert from 'node:assert/strict';
import { inverseFrequency } from '#plugins/ai-replies/knowledge/inverse-frequency.ts';
import { rankedTermsOf, wordsOf } from '#plugins/ai-replies/knowledge/tokenizer.ts';
import { inOrderOfWords } from '#plugins/ai-replies/knowledge/word-order.ts';
import { bm25 } from '#scripts/bench/retrieval/others.ts';
import { type Find, type Paragraph, paragraphsOf, recallOf } from '#scripts/bench/retrieval/questions.ts';

/** Of each question the paragraphs that plain BM25 finds first are compared, as those of the index are. */
const COMPARED = 30;

/** Asks each question once. */
function remembered(find: Find): Find {
  const known = new Map<string, ReturnType<Find>>();
  return (question) => {
    const found = known.get(question) ?? find(question);
    known.set(question, found);
    return found;
  };
}

/** The order of this house among the first of another one. */
function ordered(paragraphs: readonly Paragraph[], first: Find): Find {
  const rows = new Map<string, number>();
  for (const { text } of paragraphs)
    for (const word of new Set(wordsOf(text))) rows.set(word, (rows.get(word) ?? 0) + 1);
  return async (question) => {
    const terms = rankedTermsOf(question);
    const texts = (await first(question)).map((id) => ({ id, text: paragraphs[id]?.text ?? '' }));
    const telling = new Map(terms.map(({ word }) => [word, inverseFrequency(paragraphs.length, rows.get(word) ?? 0)]));
    return inOrderOfWords(texts, question, terms, telling).slice(0, 5);
  };
}

describe('the order of what is found by words', function () {
  this.timeout(120_000);

  for (const [language, name, at1] of [
    ['en', 'English', 0.934],
    ['zh', 'Chinese', 0.938],
  ] as const) {
    it(`puts more paragraphs first than plain BM25 for questions in ${name}`, async () => {
      const paragraphs = paragraphsOf(language);
      const first = remembered(bm25(paragraphs, COMPARED));
      const own = await recallOf(paragraphs, ordered(paragraphs, first));
      const plain = await recallOf(paragraphs, first);
      assert.ok(own.at1 > plain.at1, `recall@1 ${own.at1}, plain BM25 ${plain.at1}`);
      assert.ok(own.at1 >= at1, `recall@1 ${own.at1}`);
    });
  }

  it('counts a pair across two words of the question for less', () => {
    const terms = rankedTermsOf('退款时间');
    const telling = new Map(terms.map(({ word }) => [word, 1]));
    const texts = [
      { id: 1, text: '款时好看' },
      { id: 2, text: '退款到账' },
    ];
    assert.deepEqual(inOrderOfWords(texts, '退款时间', terms, telling), [2, 1]);
  });

  it('leaves the order that was there for what has none of the words', () => {
    const texts = [7, 3, 5].map((id) => ({ id, text: 'nothing of it' }));
    assert.deepEqual(inOrderOfWords(texts, 'shipping', rankedTermsOf('shipping'), new Map()), [7, 3, 5]);
  });
});
