/**
 * Arrows between parts of a plugin that would lead upwards, turned round. A part below may know none above it: it has a port, which one
 * above provides, or a hook, to which any number of them add what they do.
 */

export type Port<Service extends object> = Service & {
  /** Said once, by who does it, as it is made. */
  provide(service: Service): void;
};

/** What is called before it is provided throws; `what` says which it is: `opening a message`. */
export function createPort<Service extends object>(what: string): Port<Service> {
  let provided: Service | null = null;
  const provide = (service: Service): void => {
    provided = service;
  };
  return new Proxy({} as Port<Service>, {
    get(_, name) {
      if (name === 'provide') return provide;
      if (provided === null) throw new Error(`Nobody provides ${what}`);
      return Reflect.get(provided, name);
    },
  });
}

export interface Hook<Given extends readonly unknown[], Result = void> {
  /** Said by each that does something then, as it is made. */
  add(does: (...given: Given) => Promise<Result> | Result): void;
  /** One after the other, since they may share a transaction. */
  run(...given: Given): Promise<Result[]>;
}

/** They come in the order of the parts, each after those that it needs; or with `highestFirst` the other way round. */
export function createHook<Given extends readonly unknown[], Result = void>({
  highestFirst = false,
} = {}): Hook<Given, Result> {
  const all: ((...given: Given) => Promise<Result> | Result)[] = [];
  return {
    add(does) {
      if (highestFirst) all.unshift(does);
      else all.push(does);
    },
    async run(...given) {
      const results: Result[] = [];
      for (const does of all) results.push(await does(...given));
      return results;
    },
  };
}
