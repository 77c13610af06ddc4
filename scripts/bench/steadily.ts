/** The steady rate at which events come in two programs that are compared. */
const PER_SECOND = 200;
const SECONDS = 8;

/** Calls `work` so often, however long it takes, and waits for all of it. */
export async function steadily(work: () => Promise<unknown>): Promise<void> {
  const begun: Promise<unknown>[] = [];
  const startedAt = performance.now();
  for (; begun.length < PER_SECOND * SECONDS; await new Promise((resolve) => setTimeout(resolve, 1))) {
    const due = ((performance.now() - startedAt) / 1000) * PER_SECOND;
    while (begun.length < due) begun.push(work());
  }
  await Promise.all(begun);
}
