/** Calls to a place that the configuration names: tried again where that may help, with errors that say what was refused. */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { type Outbound, type OutboundAnswer, OutboundError } from '../outbound/outbound.ts';
import { TargetError } from './stored-files.ts';

const TRIES = 4;
/** Real time: what is waited for is another server. */
const FIRST_PAUSE_MS = 250;
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const IDLE_MS = 60_000;
const LONGEST_MS = 12 * 3600 * 1000;
/** Characters of what a place answers when it refuses. */
const LONGEST_REFUSAL = 2_000;

/** Of a call, for messages: `PUT name`. */
export interface Call {
  what: string;
  signal: AbortSignal;
  /** Statuses that are no error. */
  fine: readonly number[];
}

/** Sends it, some times when it fails in passing. `send` makes each try anew, since signatures age. */
export async function tried(
  { what, signal, fine }: Call,
  send: () => Promise<OutboundAnswer>,
): Promise<OutboundAnswer> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const answer = await send().catch((error: unknown) => error);
    signal.throwIfAborted();
    const isAnswer = !(answer instanceof Error) && isAnswered(answer);
    if (isAnswer && fine.includes(answer.status)) return answer;
    if (attempt >= TRIES || !mayPass(answer)) throw refusal(what, answer);
    await pause(FIRST_PAUSE_MS * 4 ** (attempt - 1), undefined, { signal });
  }
}

/** What is read piece by piece. Whoever reads gets an error when it ends too early. */
export async function streamed(
  outbound: Outbound,
  origin: string,
  url: URL,
  headers: Record<string, string>,
  { what, signal, fine }: Call,
): Promise<Readable> {
  const limits = { firstByteMs: IDLE_MS, idleMs: IDLE_MS, totalMs: LONGEST_MS, maxBytes: Number.POSITIVE_INFINITY };
  let response: Response;
  try {
    response = await outbound.fetch(limits, origin)(url, { headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw refusal(what, error);
  }
  if (!fine.includes(response.status) || !response.body) {
    const { status } = response;
    throw new TargetError(sentence(what, status, await beginningOf(response)), { status });
  }
  return Readable.fromWeb(response.body as ReadableStream);
}

/** What a refusal says, and no more of it than is told: a body without an end would fill the memory. */
async function beginningOf({ body }: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= LONGEST_REFUSAL) break;
    }
  } catch {
    // What came before it broke off is told.
  }
  return text.slice(0, LONGEST_REFUSAL);
}

function isAnswered(answer: unknown): answer is OutboundAnswer {
  return typeof answer === 'object' && answer !== null && 'status' in answer;
}

function mayPass(answer: unknown): boolean {
  if (isAnswered(answer)) return PASSING.has(answer.status);
  return answer instanceof OutboundError && (answer.code === 'network' || answer.code === 'timeout');
}

function refusal(what: string, answer: unknown): TargetError {
  if (!isAnswered(answer)) return new TargetError(`${what}: ${messageOf(answer)}`, { cause: answer });
  const { status } = answer;
  return new TargetError(sentence(what, status, answer.text().slice(0, 2_000)), { status });
}

/** S3 says in XML what is wrong; others, what they like. */
function sentence(what: string, status: number, text: string): string {
  const said = /<Message>([^<]{1,300})<\/Message>/.exec(text)?.[1] ?? '';
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1] ?? '';
  const reason = [code, said].filter((part) => part !== '').join(', ');
  return `${what} was answered with status ${status}${reason === '' ? '' : ` (${reason})`}`;
}
