/** One operation: what a route takes and what it answers. */
import Type from 'typebox';
import { describeAccess } from '../access/access.ts';
import type { CookieScheme } from '../http/authenticator.ts';
import type { Dialect } from '../http/dialect.ts';
import type { Route } from '../http/route.ts';
import { closed } from '../http/validate.ts';
import { failuresOf } from './failures.ts';
import { parametersOf } from './parameters.ts';
import { successesOf } from './responses.ts';
import { requestSchema } from './schemas.ts';
import { securityOf } from './security.ts';
import type { Operation } from './shapes.ts';

export interface OperationParts {
  route: Route & { tag?: string };
  operationId: string;
  dialect: Dialect;
  cookies: readonly CookieScheme[];
}

export function operationOf({ route, operationId, dialect, cookies }: OperationParts): Operation {
  const failures = failuresOf(route, dialect);
  return {
    operationId,
    tags: [route.tag ?? 'core'],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    security: securityOf(route, cookies),
    'x-access': describeAccess(route.access),
    'x-dialect': dialect.name,
    parameters: parametersOf(route),
    ...requestBodyOf(route),
    responses: { ...failures, ...successesOf(route, dialect, Object.keys(failures)) },
  };
}

function requestBodyOf(route: Route): Pick<Operation, 'requestBody'> {
  if (route.rawBody) {
    const content = Object.fromEntries(
      route.rawBody.filter(Boolean).map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
    );
    // A body without a type is none.
    return { requestBody: { required: !route.rawBody.includes(''), content } };
  }
  if (!route.body) return {};
  const required = !Type.IsOptional(route.body);
  return { requestBody: { required, content: { 'application/json': { schema: requestSchema(closed(route.body)) } } } };
}
