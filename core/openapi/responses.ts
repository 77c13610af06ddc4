/** What operations answer with when all is well, and what else they declare by themselves. */
import type { TSchema } from 'typebox';
import type { Dialect } from '../http/dialect.ts';
import { firstStatus, type Route } from '../http/route.ts';
import { errorSchemaName } from './failures.ts';
import type { Json } from './json.ts';
import { answerSchema } from './schemas.ts';
import type { Content, Operation } from './shapes.ts';

const EMPTY: readonly number[] = [204, 304];
const TEXT = /^(text\/|application\/(yaml|javascript))/;
const ETAG = { description: 'Its version, for `If-Match`', schema: { type: 'string' } };
const LOCATION = { description: 'Where to continue', schema: { type: 'string' } };

/** `refusals`: the statuses with which the dialect refuses; one of them may be that of a success (`{code: 40100}`). */
export function successesOf(route: Route, dialect: Dialect, refusals: readonly string[]): Operation['responses'] {
  const first = firstStatus(route);
  const entries = Object.entries(route.responses).map(([code, schema]) => {
    const status = Number(code);
    const content = {
      ...(schema && jsonContent(schema, status, dialect, refusals.includes(code))),
      ...(status === first && otherContent(route)),
    };
    const headers = headersOf(route, status);
    return [
      code,
      {
        description: schema && 'description' in schema ? schema.description : sentenceOf(status),
        ...(Object.keys(headers).length > 0 && { headers }),
        ...(!EMPTY.includes(status) && Object.keys(content).length > 0 && { content }),
      },
    ];
  });
  return Object.fromEntries(entries);
}

function jsonContent(schema: TSchema, status: number, dialect: Dialect, refusesToo: boolean): Content {
  const answer = answerSchema(dialect.successSchema ? dialect.successSchema(schema, status) : schema);
  const errors = { $ref: `#/components/schemas/${errorSchemaName(dialect)}` };
  return { 'application/json': { schema: refusesToo && status < 300 ? { anyOf: [answer, errors] } : answer } };
}

function otherContent({ produces = [] }: Route): Content {
  return Object.fromEntries(
    produces.map((type) => [
      type,
      { schema: TEXT.test(type) ? { type: 'string' } : { type: 'string', format: 'binary' } },
    ]),
  );
}

function headersOf({ requestHeaders = {} }: Route, status: number): Json {
  const isVersioned = Object.keys(requestHeaders).some((name) => name.toLowerCase() === 'if-match');
  return {
    ...(isVersioned && status < 300 && { ETag: ETAG }),
    ...(status >= 300 && status < 400 && { Location: LOCATION }),
  };
}

function sentenceOf(status: number): string {
  if (status === 201) return 'It was made';
  if (status === 202) return 'It was accepted and continues';
  if (status === 204) return 'It was done; there is nothing to say';
  if (status >= 300 && status < 400) return 'Goes on elsewhere';
  return status < 300 ? 'The answer' : 'It is refused, or not so';
}
