/** Whether the server answers. Whoever sees that it does not says so, and it is asked until it answers again. */
import { store } from './store.ts';

export const isServerGone = store(false);

const HEALTH = '/health';
/** Two tries that fail, with a pause between them, take five seconds at most. */
const TRIES = 2;
const PAUSE_MS = 1_000;
const PATIENCE_MS = 2_000;
/** How a proxy says that there is nobody behind it. */
const GONE = new Set([502, 503, 504]);
let isAsking = false;

/** A connection was cut or refused, which may have been that one alone. */
export function suspectServer(): void {
  if (isAsking) return;
  isAsking = true;
  void askUntilAnswered().finally(() => {
    isAsking = false;
  });
}

/** Whether an error is that nobody answered, and no refusal. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof TypeError && /fetch|network|import/i.test(error.message);
}

export async function answers(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { status } = await fetch(HEALTH, { cache: 'no-store', credentials: 'omit', signal });
    return !GONE.has(status);
  } catch {
    return false;
  }
}

async function askUntilAnswered(): Promise<void> {
  for (let failed = 0; !(await answers()); await pause()) {
    failed++;
    if (failed >= TRIES) isServerGone.set(true);
  }
  isServerGone.set(false);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
