/** What the build of the pages has left (`npm run build:web`): files, and which of them a page needs. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StaticFolder } from '#core/kit.ts';

const FOLDER = new URL('./dist/', import.meta.url);
const YEAR_SECONDS = 365 * 24 * 3600;

/** Hashed files: what is below such a name never changes. */
export const ASSETS: StaticFolder = {
  prefix: '/assets',
  folder: new URL('./assets/', FOLDER),
  headers: { caching: { seconds: YEAR_SECONDS, shared: true, immutable: true } },
};

/** Written by the build beside its files. */
export interface BuildReport {
  /** The first script, its style sheets, and what it imports at once. */
  entry: Files;
  /** What is loaded after it: who has signed in needs `shell`, who has not the page `signIn`. */
  shell: Files;
  signIn: Files;
  /** Pages by the pattern of their address, in the notation of the router: `/users/$id`. */
  pages: readonly { path: string; isPublic: boolean; files: Files }[];
  /** Bare names that pages of third parties import, and the files that they mean here. */
  imports: Readonly<Record<string, string>>;
}

/** Addresses on this server, the first of `scripts` being the module itself. */
export interface Files {
  scripts: readonly string[];
  styles: readonly string[];
}

export interface Built extends BuildReport {
  /** The import map as it stands in the page, and its hash for the content security policy. */
  importMap: string;
  importMapHash: string;
}

const REPORT = fileURLToPath(new URL('./report.json', FOLDER));

/** What is wrong, in sentences, for `patchbay check` and the start. */
export function checkBuilt(): string[] {
  return existsSync(REPORT) ? [] : ['The web UI is not built: run `npm run build:web`, or switch `admin` off'];
}

/** Throws when nothing has been built. */
export function readBuilt(): Built {
  const report: BuildReport = JSON.parse(readFileSync(REPORT, 'utf8'));
  const importMap = JSON.stringify({ imports: report.imports });
  return { ...report, importMap, importMapHash: createHash('sha256').update(importMap).digest('base64') };
}
