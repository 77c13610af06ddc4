/** The library of ready definitions: the files of `examples/`. */
import { readdir, readFile } from 'node:fs/promises';
import { exampleTexts } from './summaries.ts';

export interface Example {
  name: string;
  /** The first line of the comment at its head. */
  title: string;
  /** What it does and what it needs: the rest of that comment. */
  summary: string;
  /** YAML, to be changed and published. */
  definition: string;
}

const TEXTS = 'examples.';
const SAID = `${TEXTS}says.`;
const QUESTIONS = Object.keys(exampleTexts).flatMap((key) => (key.startsWith(SAID) ? [key.slice(SAID.length)] : []));

/** In the language of who asks: also the comment of the definition, and what it asks people. */
export function exampleIn(example: Example, inLanguage: (name: string, english: string) => string): Example {
  const title = inLanguage(`${TEXTS}${example.name}.title`, example.title);
  const summary = inLanguage(`${TEXTS}${example.name}.summary`, example.summary);
  if (title === example.title && summary === example.summary) return example;
  const said = QUESTIONS.reduce(
    (text, question) => text.replaceAll(question, () => inLanguage(`${SAID}${question}`, question)),
    example.definition.replace(HEAD, ''),
  );
  return { name: example.name, title, summary, definition: `# ${title}\n# ${summary}\n${said}` };
}

export interface WorkflowExamples {
  list(): Promise<readonly Example[]>;
}

const HEAD = /^(?:#.*\n)*/;
/** The first one to be read. */
const SIMPLEST = 'hello.yaml';
const FOLDER = new URL('../examples/', import.meta.url);

export function createWorkflowExamples(): WorkflowExamples {
  let examples: Promise<readonly Example[]> | null = null;
  return {
    list() {
      examples ??= read();
      return examples;
    },
  };
}

async function read(): Promise<readonly Example[]> {
  const found = (await readdir(FOLDER)).filter((file) => file.endsWith('.yaml')).sort();
  const files = [SIMPLEST, ...found.filter((file) => file !== SIMPLEST)];
  return Promise.all(
    files.map(async (file) => {
      const definition = await readFile(new URL(file, FOLDER), 'utf8');
      const head = HEAD.exec(definition)?.[0] ?? '';
      const [title = '', ...rest] = head.replaceAll(/^# ?/gm, '').trim().split('\n');
      return { name: file.replace(/\.yaml$/, ''), title, summary: rest.join(' '), definition };
    }),
  );
}
