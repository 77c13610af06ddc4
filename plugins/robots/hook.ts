/** Hooks between the parts of robots: who stands below calls one as something happens, and those above have said what they do then. */

export interface Hook<Given extends readonly unknown[], Result = void> {
  /** Said once by each that does something, as it is made. */
  by(does: (...given: Given) => Promise<Result>): void;
  /** One after the other, since they may share a transaction. */
  run(...given: Given): Promise<Result[]>;
}

/** They come in the order of the parts, each after those that it needs; or with `highestFirst` the other way round. */
export function createHook<Given extends readonly unknown[], Result = void>({
  highestFirst = false,
} = {}): Hook<Given, Result> {
  const all: ((...given: Given) => Promise<Result>)[] = [];
  return {
    by(does) {
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
