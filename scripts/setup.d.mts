/** Types of setup.mjs, which stays JavaScript because it runs before TypeScript can. */
export const root: string;
export const serverFlags: readonly string[];
export function setUp(): void;
export function lacksBundles(): boolean;
export function nodeBinary(): string;
export function environment(extra?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
