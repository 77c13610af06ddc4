/** One certificate from an authority (RFC 8555), by what `acme-client` does, and its faults in words. */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { Client } from 'acme-client';
import { codeOf, messageOf } from '../errors.ts';
import { unlessLate } from '../in-time.ts';
import { coreVersion } from '../version.ts';
import type { AcmeConfig } from './config.ts';
import type { KeyPair } from './read-certificate.ts';

/** Where the authority finds the answer to its challenge. */
export interface ChallengeShelf {
  put(token: string, answer: string): Promise<void>;
  remove(token: string): Promise<void>;
}

export interface OrderParts {
  acme: AcmeConfig;
  /** Of the account, in PEM. */
  accountKey: string;
  shelf: ChallengeShelf;
}

/** Authorities look from several places, and some take their time; who has not got it by then tries again. */
const LONGEST_MS = 5 * 60_000;
const ANSWER_MS = 30_000;
/** How often is asked whether a name has been proved: after one second, two, four …, at most ten. */
const ASK = { backoffAttempts: 40, backoffMin: 1_000, backoffMax: 10_000 };

export async function newAccountKey(): Promise<string> {
  const { crypto } = await import('acme-client');
  return String(await crypto.createPrivateEcdsaKey('P-256'));
}

/** Throws an Error whose message is a sentence for the operator. */
export async function orderCertificate(name: string, parts: OrderParts): Promise<KeyPair> {
  const { directory, caFile } = parts.acme;
  const agent = agentFor(caFile);
  try {
    await mustAnswer(directory, agent);
    return await unlessLate(order(name, parts, agent), LONGEST_MS);
  } catch (error) {
    throw new Error(inWords(error, new URL(directory).host), { cause: error });
  } finally {
    agent.destroy();
  }
}

async function order(name: string, { acme, accountKey, shelf }: OrderParts, agent: Agent): Promise<KeyPair> {
  const { Client, crypto, axios } = await import('acme-client');
  // Orders of one process are at one authority. Whoever tries again is our own schedule, which shows it meanwhile.
  Object.assign(axios.defaults, { httpsAgent: agent, timeout: ANSWER_MS, acmeSettings: { retryMaxAttempts: 0 } });
  axios.defaults.headers.common['User-Agent'] = `patchbay/${coreVersion()} acme-client`;
  const key = await crypto.createPrivateEcdsaKey('P-256');
  const [, csr] = await crypto.createCsr({ commonName: commonNameOf(name), altNames: [name] }, key);
  const client = new Client({ directoryUrl: acme.directory, accountKey, ...ASK });
  await signUp(client, acme);
  const cert = await client.auto({
    csr,
    challengePriority: ['http-01'],
    // Whether the name leads here the authority says better than a look from inside the network.
    skipChallengeVerification: true,
    async challengeCreateFn(_, { type, token }, answer) {
      if (type !== 'http-01') throw new Error(`The authority proves ${name} by ${type} alone, and not by HTTP-01`);
      await shelf.put(token, answer);
    },
    challengeRemoveFn: (_, { token }) => shelf.remove(token),
  });
  return { cert, key: String(key) };
}

/**
 * With the same key it is the same account, also at an authority that has forgotten it. The client then brings the account up to
 * date as well, which an authority refuses when there is nothing to bring: that is no fault.
 */
async function signUp(client: Client, { email, agree }: AcmeConfig): Promise<void> {
  const contact = email === null ? {} : { contact: [`mailto:${email}`] };
  try {
    await client.createAccount({ termsOfServiceAgreed: agree, ...contact });
  } catch (error) {
    if (!isSignedUp(client)) throw error;
  }
}

function isSignedUp(client: Client): boolean {
  try {
    return client.getAccountUrl() !== '';
  } catch {
    return false;
  }
}

/** X.520 gives a common name 64 characters; longer names stand in the subjectAltName alone. */
function commonNameOf(name: string): string | undefined {
  return name.length <= 64 ? name : undefined;
}

function agentFor(caFile: string | null): Agent {
  return new Agent(caFile === null ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] });
}

/** First, because what fails here is the network, or an address that is no authority's. */
function mustAnswer(directory: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(directory, { agent, timeout: ANSWER_MS }, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve();
      else reject(new Error(`The authority answers ${answer.statusCode} at ${directory}`));
    });
    request.once('timeout', () => request.destroy(new Error('it does not answer')));
    request.once('error', (error) => reject(new Unreachable(messageOf(error) || codeOf(error))));
  });
}

class Unreachable extends Error {}

function inWords(error: unknown, host: string): string {
  if (error instanceof Unreachable) return `${host} cannot be reached: ${error.message}`;
  // The client meets an answer that has not come at all with one of these.
  if (error instanceof TypeError) return `The connection to ${host} was lost`;
  const sentence = messageOf(error);
  if (/^no answer within/.test(sentence)) return `${host} has not given the certificate within five minutes`;
  return sentence || `${host} refused, and gave no reason`;
}

/** `…, retry after 2026-01-02 03:04:05 UTC: …`, as Let's Encrypt says when there were too many; null when nothing is said. */
export function askedToWaitUntil(sentence: string): number | null {
  const [, date, time] = /retry after (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(sentence) ?? [];
  const at = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(at) ? null : at;
}
