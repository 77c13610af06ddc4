/** The library of ready definitions: the files of `examples/`. */
import { readdir, readFile } from 'node:fs/promises';

export interface Example {
  name: string;
  /** What it does and what it needs, from the comment at its head. */
  summary: string;
  /** YAML, to be changed and published. */
  definition: string;
}

export interface WorkflowExamples {
  list(): Promise<readonly Example[]>;
}

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
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => {
      const definition = await readFile(new URL(file, FOLDER), 'utf8');
      const head = /^(?:#.*\n)*/.exec(definition)?.[0] ?? '';
      const summary = head.replaceAll(/^# ?/gm, '').trim().replaceAll('\n', ' ');
      return { name: file.replace(/\.yaml$/, ''), summary, definition };
    }),
  );
}
