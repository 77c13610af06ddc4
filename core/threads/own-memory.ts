/** The limit on the real memory of a process that does one piece of work: it looks at itself, since nobody else sees it. */
import { memoryUsage } from 'node:process';

const LOOK_MS = 200;

/** Tells once when this process has more than it may; V8 itself bounds the heap, where nothing is told. */
export function limitOwnMemory(mostBytes: number, tooMuch: () => void): void {
  const look = (): void => {
    if (memoryUsage.rss() <= mostBytes) return;
    clearInterval(timer);
    tooMuch();
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  look();
}
