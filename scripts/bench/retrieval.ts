/**
 * (n) Retrieval by words: of 1 190 questions in English and in Chinese, how many find their paragraph among 240, first or among the
 * first five, beside plain BM25, MiniSearch and Orama in the same run.
 */
import { createPlatform } from '#core/platform.ts';
import { insidesOf } from '#test/support/insides.ts';
import { ADMIN, type Figure, temporaryFolder } from './processes.ts';
import { newBase } from './reading/new-base.ts';
import { bm25, miniSearch, orama } from './retrieval/others.ts';
import { ours } from './retrieval/ours.ts';
import { type Language, paragraphsOf, type Recall, recallOf } from './retrieval/questions.ts';

const LANGUAGES = { en: 'English', zh: 'Chinese' } as const;

export async function measureRetrieval(): Promise<Figure[]> {
  const folder = temporaryFolder();
  const platform = await createPlatform({
    env: {},
    overrides: {
      dataDir: folder.path,
      http: { port: 0 },
      logging: { level: 'warn' },
      mailer: { transport: 'log' },
      plugins: { auth: { admin: ADMIN }, admin: { enabled: false }, mail: { enabled: false } },
    },
  });
  await platform.start();
  const services = insidesOf(platform);
  const figures: Figure[] = [];
  for (const language of Object.keys(LANGUAGES) as Language[]) {
    const paragraphs = paragraphsOf(language);
    const base = await newBase(services, LANGUAGES[language]);
    const own = await recallOf(paragraphs, await ours(services, base, paragraphs));
    const plain = await recallOf(paragraphs, bm25(paragraphs));
    const others = {
      BM25: plain,
      MiniSearch: await recallOf(paragraphs, miniSearch(paragraphs, language)),
      Orama: await recallOf(paragraphs, await orama(paragraphs, language)),
    };
    for (const at of ['at1', 'at5'] as const) figures.push(figureOf(language, at, own, others));
  }
  await platform.stop();
  folder.remove();
  return figures;
}

function figureOf(
  language: Language,
  at: 'at1' | 'at5',
  own: Recall,
  others: Readonly<Record<string, Recall>>,
): Figure {
  const theirs = Object.entries(others).map(([name, recall]) => [name, recall[at]] as const);
  const best = Math.max(...theirs.map(([, found]) => found));
  const named = theirs.map(([name, found]) => `${name} ${found.toFixed(3)}`).join(', ');
  return {
    what: `recall@${at.slice(2)} of ${own.questions} questions in ${LANGUAGES[language]} (${named})`,
    value: own[at].toFixed(3),
    target: at === 'at1' ? 'more than any' : 'no less than any',
    isMet: at === 'at1' ? own[at] > best : own[at] >= best,
  };
}
