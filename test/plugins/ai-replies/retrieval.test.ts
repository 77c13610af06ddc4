/** Retrieval by words must not fall: a small part of what `npm run bench -- retrieval` asks, on both databases. */
import assert from 'node:assert/strict';
import { newBase } from '#scripts/bench/reading/new-base.ts';
import { ours } from '#scripts/bench/retrieval/ours.ts';
import { paragraphsOf, recallOf } from '#scripts/bench/retrieval/questions.ts';
import { ADMIN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PARAGRAPHS = 40;

describe('retrieval', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: { admin: ADMIN }, robots: {}, 'ai-replies': {} } });
  });
  after(() => app.stop());

  for (const [language, name, at1, at5] of [
    ['en', 'English', 0.94, 0.99],
    ['zh', 'Chinese', 0.955, 0.99],
  ] as const) {
    it(`finds paragraphs for questions in ${name} as well as before`, async () => {
      const paragraphs = paragraphsOf(language, PARAGRAPHS);
      const base = await newBase(app.services, name);
      const found = await recallOf(paragraphs, await ours(app.services, base, paragraphs));
      assert.ok(found.at1 >= at1, `recall@1 ${found.at1}`);
      assert.ok(found.at5 >= at5, `recall@5 ${found.at5}`);
    }).timeout(60_000);
  }
});
