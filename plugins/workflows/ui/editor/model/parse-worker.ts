/** Reads long definitions beside the page, so that writing stays smooth. */
import { parseTasks } from '../../graph/tasks.ts';

addEventListener('message', ({ data }: MessageEvent<{ id: number; text: string }>) => {
  postMessage({ id: data.id, tree: parseTasks(data.text) });
});
