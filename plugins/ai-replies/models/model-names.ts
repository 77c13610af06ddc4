/** The models that an address offers, as it lists them itself (`GET /models` of OpenAI's and of Anthropic's API). */
import { OutboundError } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';

export interface ListedBy {
  kind: 'openai-compatible' | 'anthropic';
  baseUrl: string;
  apiKey: string;
}

const MOST_NAMES = 500;
const LONGEST_NAME = 200;
const TIMEOUT_MS = 10_000;
/** The version of Anthropic's API that the list is of. */
const ANTHROPIC_VERSION = '2023-06-01';

/** Names, in the order of the alphabet. Throws `no_model_list` when the address says none, `nothing_answers` when it says nothing. */
export async function modelNames({ kind, baseUrl, apiKey }: ListedBy, { outbound }: Services): Promise<string[]> {
  try {
    const answer = await outbound.request(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headers: credentials(kind, apiKey),
      redirects: 0,
      timeoutMs: TIMEOUT_MS,
    });
    if (answer.status !== 200) throw aiErrors.no_model_list({ extra: { status: answer.status } });
    return namesIn(answer.json());
  } catch (error) {
    if (error instanceof SyntaxError) throw aiErrors.no_model_list({ cause: error });
    if (!(error instanceof OutboundError)) throw error;
    if (error.code === 'blocked_address') throw aiErrors.address_not_allowed({ cause: error });
    throw error.code === 'network' || error.code === 'timeout'
      ? aiErrors.nothing_answers({ cause: error })
      : aiErrors.no_model_list({ message: error.message, cause: error });
  }
}

function credentials(kind: ListedBy['kind'], apiKey: string): Record<string, string> {
  if (kind === 'anthropic') return { 'anthropic-version': ANTHROPIC_VERSION, ...(apiKey && { 'x-api-key': apiKey }) };
  return apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` };
}

function namesIn(list: unknown): string[] {
  const data = (list as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw aiErrors.no_model_list();
  const names = data
    .map((one: { id?: unknown } | null) => one?.id)
    .filter((id): id is string => typeof id === 'string' && id !== '' && id.length <= LONGEST_NAME);
  return [...new Set(names)].sort().slice(0, MOST_NAMES);
}
