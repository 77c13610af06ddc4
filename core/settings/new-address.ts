/**
 * What can be known before a start of where the server is to listen and under which names: that its ports can be opened, and that
 * each name leads here. Certificates come only where it does.
 */
import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { CoreConfig } from '../config/schema.ts';
import { codeOf, messageOf } from '../errors.ts';
import { whyNotListening } from '../http/listen.ts';
import type { Services } from '../services.ts';
import type { SettingsFinding } from './areas.ts';

type Http = CoreConfig['http'];
type Outside = Pick<Services, 'outbound'>;

/** Below `.well-known`, which proxies let pass for the authority. */
const PROOF = '/.well-known/acme-challenge/';
/** The authority asks nowhere else (RFC 8555 §8.3). */
const PLAIN_PORT = 80;

/** Whether another start would listen elsewhere, or speak otherwise, than this one does. */
export function movesDoors(wanted: Http, present: Http): boolean {
  const doorsOf = ({ host, port, tls }: Http): string => JSON.stringify([host, port, tls]);
  return doorsOf(wanted) !== doorsOf(present);
}

/** What a start could not do without: its ports, and an address for each name. */
export async function triedDoors(wanted: Http, present: Http): Promise<SettingsFinding[]> {
  const own = portsOf(present);
  const ports = portsOf(wanted).map((port) => triedPort(port, wanted.host, own.includes(port)));
  return Promise.all([...ports, ...namesOf(wanted).map(triedName)]);
}

/** The same, and whether the names lead to this server on the port where the authority asks. */
export async function triedAddress(wanted: Http, present: Http, outside: Outside): Promise<SettingsFinding[]> {
  const findings = await triedDoors(wanted, present);
  const plainPort = wanted.tls?.plainPort ?? null;
  if (findings.some(({ ok }) => !ok) || plainPort === null || portsOf(present).includes(plainPort)) return findings;
  return [...findings, ...(await triedProofs(namesOf(wanted), { port: plainPort, host: wanted.host }, outside))];
}

function namesOf({ tls }: Http): readonly string[] {
  return tls?.acme?.domains ?? [];
}

function portsOf({ port, tls }: Http): number[] {
  return [port, tls?.plainPort ?? null].filter((one) => one !== null);
}

/** One that this server has open is its own; whether the machine has the address is asked all the same. */
async function triedPort(port: number, host: string, isOwn: boolean): Promise<SettingsFinding> {
  const server = createServer();
  try {
    server.listen(isOwn ? 0 : port, host);
    await once(server, 'listening');
    return { ok: true, text: `${host}:${port} can be opened` };
  } catch (error) {
    return { ok: false, text: whyNotListening(error, port, host) ?? messageOf(error) };
  } finally {
    server.close();
  }
}

async function triedName(name: string): Promise<SettingsFinding> {
  try {
    const addresses = await lookup(name, { all: true });
    return { ok: true, text: `${name} stands for ${addresses.map(({ address }) => address).join(', ')}` };
  } catch (error) {
    return { ok: false, text: `${name} has no address: DNS answers ${codeOf(error)}` };
  }
}

/** Listens for a moment where the authority will ask, and asks itself. */
async function triedProofs(
  names: readonly string[],
  { port, host }: { port: number; host: string },
  { outbound }: Outside,
): Promise<SettingsFinding[]> {
  const proof = randomUUID();
  const server = createServer((request, response) => {
    response.statusCode = request.url === `${PROOF}${proof}` ? 200 : 404;
    response.end(proof);
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return await Promise.all(names.map((name) => triedProof(`http://${name}:${PLAIN_PORT}${PROOF}${proof}`, name)));
  } finally {
    server.closeAllConnections();
    server.close();
  }

  async function triedProof(url: string, name: string): Promise<SettingsFinding> {
    try {
      const answer = await outbound.request(url, { trusted: url, maxBytes: 1024, redirects: 0 });
      const isHere = answer.status === 200 && answer.text() === proof;
      return isHere
        ? { ok: true, text: `${name} leads to this server` }
        : { ok: false, text: `${name} leads to something else, which answers with status ${answer.status}` };
    } catch (error) {
      return { ok: false, text: `${name} cannot be reached on port ${PLAIN_PORT}: ${messageOf(error)}` };
    }
  }
}
