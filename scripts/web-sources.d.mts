export const stamp: string;
export const clientTypesFile: string;
export function isWebOld(): boolean;
export function hashOfSources(): string;
