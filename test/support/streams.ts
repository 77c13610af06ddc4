/** Event streams for tests: opened, read in the background, and closed. */

export interface OpenStream {
  status: number;
  /** Types of the events that came, in their order. */
  types: string[];
  /** Their data. */
  data: any[];
  /** The last id that came, as a browser remembers it. */
  lastId(): string;
  /** Whether the server has ended it. */
  isOver(): boolean;
  /** Waits until so many events came. */
  until(count: number): Promise<void>;
  /** Waits until the server ends it. */
  over(): Promise<void>;
  close(): void;
}

const PATIENCE_MS = 15_000;

export async function openStream(url: string, headers: Record<string, string>): Promise<OpenStream> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const types: string[] = [];
  const data: any[] = [];
  let lastId = '';
  let ended = false;
  const waiting = new Set<() => void>();
  const woken = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  if (response.status === 200)
    void read()
      .catch(() => {})
      .finally(end);
  else await response.text();

  return {
    status: response.status,
    types,
    data,
    lastId: () => lastId,
    isOver: () => ended,
    until: (count) =>
      wait(
        () => types.length >= count,
        () => `${count} events; there are ${types.length}: ${types}`,
      ),
    over: () =>
      wait(
        () => ended,
        () => 'the end of the stream',
      ),
    close: () => abort.abort(),
  };

  async function read(): Promise<void> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) return;
      text += part.value;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) take(block);
      woken();
    }
  }

  function take(block: string): void {
    lastId = /^id: (.*)$/m.exec(block)?.[1] ?? lastId;
    const type = /^event: (.*)$/m.exec(block)?.[1];
    if (!type) return;
    types.push(type);
    data.push(JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null'));
  }

  function end(): void {
    ended = true;
    woken();
  }

  async function wait(isThere: () => boolean, what: () => string): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (!isThere()) {
      const left = until - performance.now();
      if (left <= 0) throw new Error(`Waited in vain for ${what()}`);
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        setTimeout(resolve, left).unref();
      });
    }
  }
}
