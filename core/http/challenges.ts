/**
 * What an authority asks for to see that a name leads here (RFC 8555 §8.3). Answered before everything else, also while the
 * server starts: the authority may ask any replica.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Certificates } from '../certificates/certificates.ts';
import type { Logger } from '../observability/log.ts';

const PREFIX = '/.well-known/acme-challenge/';
const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** Gives false for what is no such question. */
export function createChallengeAnswers({ store }: Pick<Certificates, 'store'>, log: Logger) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!store || !request.url?.startsWith(PREFIX)) return false;
    store.answerTo(request.url.slice(PREFIX.length)).then(
      (answer) => {
        response.writeHead(answer === null ? 404 : 200, PLAIN);
        response.end(answer ?? 'Nobody has asked for this\n');
      },
      (error) => {
        log.debug({ err: error }, 'A challenge could not be looked up');
        response.writeHead(503, { ...PLAIN, 'retry-after': '1' });
        response.end('The server is starting\n');
      },
    );
    return true;
  };
}
