/** Reads the text a moment after it has changed: here while it is short, in a worker past 300 tasks. */
import { flatTasks, parseTasks, type TaskList } from '../../graph/index.ts';

export interface Parser {
  /** At once, however long it is. */
  now(text: string): TaskList | null;
  /** A moment later; only the last text counts. */
  later(text: string): void;
  isLong(): boolean;
  stop(): void;
}

const PAUSE_MS = 150;
const MANY = 300;

export function createParser(done: (text: string, tree: TaskList | null) => void): Parser {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let worker: Worker | null = null;
  let asked = 0;
  let tasks = 0;

  return {
    now(text) {
      clearTimeout(timer);
      asked += 1;
      return counted(parseTasks(text));
    },
    later(text) {
      clearTimeout(timer);
      asked += 1;
      const id = asked;
      timer = setTimeout(() => {
        if (tasks <= MANY) return done(text, counted(parseTasks(text)));
        ask(id, text);
      }, PAUSE_MS);
    },
    isLong: () => tasks > MANY,
    stop() {
      clearTimeout(timer);
      worker?.terminate();
      worker = null;
      asked += 1;
    },
  };

  function ask(id: number, text: string): void {
    worker ??= new Worker(new URL('./parse-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<{ id: number; tree: TaskList | null }>) => {
      if (data.id === asked) done(text, counted(data.tree));
    };
    worker.postMessage({ id, text });
  }

  function counted(tree: TaskList | null): TaskList | null {
    if (tree) tasks = flatTasks(tree).length;
    return tree;
  }
}
