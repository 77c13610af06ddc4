/** Asks the name service: only the main thread can, and threads ask it by way of this. */
export type Resolve = (name: string, type: string) => Promise<string[] | string[][]>;
