/** Hooks: in-process, ordered, Koa-style. A handler may change the context, refuse by throwing, or go on with `next`. */
import { isAppError } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { HookCatalogue, HookName } from './catalogue.ts';

/** A handler that has been given the services of its plugin. */
export type BoundHookHandler = (context: unknown, next: () => Promise<void>) => Promise<void>;

export interface Hooks {
  /**
   * Runs all handlers of the hook around `last`, which does the thing itself. Costs nothing when nobody listens. What no
   * handler refuses is done, once, and is done when this resolves, whether or not they waited for it.
   */
  run<H extends HookName>(name: H, context: HookCatalogue[H], last: () => Promise<void>): Promise<void>;
  /** Adds a handler after those that are there; `plugin` is named where it fails. */
  add(name: string, handler: BoundHookHandler, plugin?: string): void;
}

interface Listener {
  handler: BoundHookHandler;
  plugin: string;
}

interface Run {
  name: string;
  chain: readonly Listener[];
  context: unknown;
  last: () => Promise<void>;
}

/** What a handler does by itself, before it goes on and after that. Data that are collected for an export take the longest. */
const PATIENCE_MS = 120_000;

export function createHooks({ log, patienceMs = PATIENCE_MS }: { log: Logger; patienceMs?: number }): Hooks {
  const listeners = new Map<string, Listener[]>();
  /** Handlers that have forgotten to go on: said once. */
  const told = new Set<Listener>();

  return {
    async run(name, context, last) {
      const chain = listeners.get(name);
      if (!chain) return last();
      await step({ name, chain, context, last }, 0);
    },
    add(name, handler, plugin = '') {
      const chain = listeners.get(name);
      if (chain) chain.push({ handler, plugin });
      else listeners.set(name, [{ handler, plugin }]);
    },
  };

  async function step(run: Run, index: number): Promise<void> {
    const listener = run.chain[index];
    if (!listener) return run.last();
    let rest: Promise<void> | undefined;
    const patience = createPatience(patienceMs);
    const next = (): Promise<void> => {
      patience.stop();
      rest ??= step(run, index + 1);
      // After it the handler has its time again; who does not wait for it makes nobody else's process end.
      rest.then(patience.begin, patience.begin);
      return rest;
    };
    const about = { hook: run.name, plugin: listener.plugin };
    try {
      patience.begin();
      await Promise.race([listener.handler(run.context, next), patience.over]);
    } catch (error) {
      if (!isAppError(error) && rest === undefined)
        log.error({ err: error, ...about }, 'A hook failed, and so refused');
      throw error;
    } finally {
      patience.end();
    }
    if (rest === undefined && !told.has(listener)) {
      told.add(listener);
      log.warn(about, 'A hook neither continued with next() nor refused; its action was done anyway');
    }
    await next();
  }
}

/** Rejects `over` when the time between `begin` and `stop` is too long; after `end` it begins no more. */
function createPatience(ms: number) {
  const { promise: over, reject } = Promise.withResolvers<never>();
  over.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;
  const stop = (): void => clearTimeout(timer);
  return {
    over,
    stop,
    begin(): void {
      stop();
      if (hasEnded) return;
      timer = setTimeout(() => reject(new Error(`The hook has not answered within ${ms} ms`)), ms);
      timer.unref();
    },
    end(): void {
      hasEnded = true;
      stop();
    },
  };
}
