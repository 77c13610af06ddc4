/** What a version file says: somebody's server answers it, so it may be anything. */
import gt from 'semver/functions/gt.js';
import valid from 'semver/functions/valid.js';
import Type, { type Static } from 'typebox';
import { compileCheck } from '../http/validate.ts';
import type { Outbound } from '../outbound/outbound.ts';

/** `{ "version": "1.4.0", "changelog": "https://…" }`; what else it says is for others. */
export interface OfferedVersion {
  version: string;
  /** Where it is said what is new; null: nobody says it. */
  changelog: string | null;
}

const Said = Type.Object({
  version: Type.String({ minLength: 1, maxLength: 64 }),
  changelog: Type.Optional(
    Type.Union([Type.String({ maxLength: 2_000, pattern: '^https?://[^\\s/]+(/\\S*)?$' }), Type.Null()]),
  ),
});
type Said = Static<typeof Said>;
const check = compileCheck(Said, 'file');

const MOST_BYTES = 64 * 1024;
const TIMEOUT_MS = 10_000;

/** Throws a sentence about what is wrong with it. */
export async function readVersionFile(url: string, outbound: Pick<Outbound, 'request'>): Promise<OfferedVersion> {
  const options = { maxBytes: MOST_BYTES, timeoutMs: TIMEOUT_MS, redirects: 3, trusted: url };
  const answer = await outbound.request(url, { ...options, headers: { accept: 'application/json' } });
  if (answer.status !== 200) throw new Error(`The version file is answered with status ${answer.status}`);
  const said = parsed(answer.text());
  const version = valid(said.version);
  if (version === null) throw new Error('The version file names no version such as 1.4.0');
  return { version, changelog: said.changelog ?? null };
}

/** Whether it is newer; what is older or the same is nothing to offer, whoever says so. */
export function isNewer({ version }: OfferedVersion, current: string): boolean {
  return gt(version, current);
}

function parsed(text: string): Said {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    throw new Error('The version file is no JSON');
  }
  const [issue] = check(said) ?? [];
  if (issue) throw new Error(`The version file does not fit: ${issue.path}: ${issue.message}`);
  return said as Said;
}
