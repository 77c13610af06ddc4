export function serverSources(): string[];
export function serverFolder(): string;
