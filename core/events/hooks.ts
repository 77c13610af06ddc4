/** Hooks: in-process, ordered, Koa-style. A handler may change the context, refuse by throwing, or go on with `next`. */
import type { HookCatalogue, HookName } from './catalogue.ts';

/** A handler that has been given the services of its plugin. */
export type BoundHookHandler = (context: unknown, next: () => Promise<void>) => Promise<void>;

export interface Hooks {
  /** Runs all handlers of the hook around `last`, which does the thing itself. Costs nothing when nobody listens. */
  run<H extends HookName>(name: H, context: HookCatalogue[H], last: () => Promise<void>): Promise<void>;
  /** Adds a handler after those that are there. */
  add(name: string, handler: BoundHookHandler): void;
}

export function createHooks(): Hooks {
  const handlers = new Map<string, BoundHookHandler[]>();

  return {
    async run(name, context, last) {
      const chain = handlers.get(name);
      if (!chain) return last();
      await step(chain, 0, context, last);
    },
    add(name, handler) {
      const chain = handlers.get(name);
      if (chain) chain.push(handler);
      else handlers.set(name, [handler]);
    },
  };
}

function step(chain: BoundHookHandler[], index: number, context: unknown, last: () => Promise<void>): Promise<void> {
  const handler = chain[index];
  if (!handler) return last();
  return handler(context, () => step(chain, index + 1, context, last));
}
