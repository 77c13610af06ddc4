/**
 * (n) Retrieval by words: of 1 190 questions in English and in Chinese, how many find their paragraph among 240, first or among the
 * first five, beside plain BM25 and MiniSearch in the same run.
 */
import { createPlatform } from '#core/platform.ts';
import { insidesOf } from '#test/support/insides.ts';
import { ADMIN, type Figure, temporaryFolder } from './processes.ts';
import { newBase } from './reading/new-base.ts';
import { bm25, miniSearch } from './retrieval/others.ts';
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
    const other = await recallOf(paragraphs, miniSearch(paragraphs, language));
    for (const at of ['at1', 'at5'] as const) figures.push(figureOf(language, at, own, { plain, other }));
  }
  await platform.stop();
  folder.remove();
  return figures;
}

function figureOf(
  language: Language,
  at: 'at1' | 'at5',
  own: Recall,
  { plain, other }: { plain: Recall; other: Recall },
): Figure {
  const [found, byPlain, byOther] = [own, plain, other].map((recall) => recall[at]) as [number, number, number];
  const others = `BM25 ${byPlain.toFixed(3)}, MiniSearch ${byOther.toFixed(3)}`;
  return {
    what: `recall@${at.slice(2)} of ${own.questions} questions in ${LANGUAGES[language]} (${others})`,
    value: found.toFixed(3),
    target: 'no less than either',
    isMet: found >= Math.max(byPlain, byOther),
  };
}
