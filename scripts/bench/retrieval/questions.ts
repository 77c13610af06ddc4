/** Questions with the paragraph that answers them (xquad/README.md). */
import { readFileSync } from 'node:fs';

export type Language = 'en' | 'zh';

export interface Paragraph {
  text: string;
  questions: readonly string[];
}

/** The first so many; default all. */
export function paragraphsOf(language: Language, most = Number.POSITIVE_INFINITY): Paragraph[] {
  return readFileSync(new URL(`./xquad/${language}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, most)
    .map((line): Paragraph => JSON.parse(line));
}

/** Numbers of paragraphs, best first. */
export type Find = (question: string) => Promise<readonly number[]> | readonly number[];

export interface Recall {
  questions: number;
  /** Share of questions whose paragraph is the first one, or among the first five. */
  at1: number;
  at5: number;
}

export async function recallOf(paragraphs: readonly Paragraph[], find: Find): Promise<Recall> {
  let [questions, at1, at5] = [0, 0, 0];
  for (const [number, paragraph] of paragraphs.entries())
    for (const question of paragraph.questions) {
      const place = [...new Set(await find(question))].indexOf(number);
      questions++;
      if (place === 0) at1++;
      if (place >= 0 && place < 5) at5++;
    }
  return { questions, at1: at1 / questions, at5: at5 / questions };
}
