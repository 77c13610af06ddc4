/** What is wrong with things that a definition names once and uses often: policies, durations, secrets, schemas. */

import { secretsIn } from './compiled-expressions.ts';
import type { DataRule, Definition, RetryPolicy, Timeout } from './definition.ts';
import { pointerStep } from './definition.ts';
import { durationMs } from './durations.ts';
import { expressionIn } from './expressions.ts';
import { GRANTS } from './grants.ts';
import { compileSchema } from './schema-check.ts';
import { suggestion } from './suggest.ts';

/** Gives nothing, so that `return complain(…)` leaves a function that gives nothing. */
export type Complain = (path: string, message: string) => undefined;

/** Keys of the places where the schema of the DSL lets anything pass. */
const KEYS: Record<string, readonly string[]> = {
  '': ['document', 'input', 'use', 'do', 'timeout', 'output', 'schedule', 'evaluate'],
  '/document': ['dsl', 'namespace', 'name', 'version', 'title', 'summary', 'tags', 'metadata'],
  '/use': ['authentications', 'catalogs', 'errors', 'extensions', 'functions', 'retries', 'secrets', 'timeouts'],
  '/schedule': ['every', 'cron', 'after', 'on'],
  '/evaluate': ['language', 'mode'],
};

/** Each is looked for in all that an execution writes down. */
const MOST_SECRETS = 50;

export interface Checks {
  /** Keys that are not known. */
  keys(path: string, value: unknown): void;
  duration(path: string, value: unknown): void;
  timeout(path: string, given: Timeout | string): void;
  retry(path: string, given: RetryPolicy | string): void;
  /** A policy, or `{use: name}`. */
  authentication(path: string, given: unknown): void;
  /** The policies, timeouts and retries of `use` themselves. */
  use(): void;
  schema(path: string, rule: DataRule | undefined): void;
  /** Secrets that an expression reads. */
  secrets(path: string, text: string): void;
  named(path: string, name: unknown, among: object | undefined, where: string): void;
}

export function createChecks(
  { use = {} }: Pick<Definition, 'use'>,
  complain: Complain,
  expression: (path: string, text: unknown) => void,
): Checks {
  return { keys, duration, timeout, retry, authentication, use: checkUse, schema, secrets, named };

  function keys(path: string, value: unknown): undefined {
    const known = KEYS[path] ?? [];
    if (value === undefined) return;
    if (!isObject(value)) return complain(path, 'This must be an object');
    for (const key of Object.keys(value)) {
      if (!known.includes(key))
        complain(`${path}/${pointerStep(key)}`, `'${key}' is not known here${suggestion(key, known)}`);
    }
  }

  function duration(path: string, value: unknown): undefined {
    if (value === undefined || durationMs(value) !== null) return;
    if (typeof value === 'string' && expressionIn(value) !== null) {
      return complain(path, 'A duration cannot be an expression');
    }
    const hint = 'write PT5M, or { minutes: 5 }: days, hours, minutes, seconds and milliseconds';
    complain(path, `${JSON.stringify(value)} is not a duration; ${hint}`);
  }

  function timeout(path: string, given: Timeout | string): undefined {
    if (typeof given === 'string') return named(path, given, use.timeouts, 'use.timeouts');
    if (!isMapping(given))
      return complain(path, 'A timeout is { after: a duration }, or the name of one in use.timeouts');
    if (given.after === undefined) return complain(path, `'after' is missing: the duration`);
    duration(`${path}/after`, given.after);
  }

  function retry(path: string, given: RetryPolicy | string): undefined {
    if (typeof given === 'string') return named(path, given, use.retries, 'use.retries');
    if (!isMapping(given)) return complain(path, 'A retry policy is an object, or the name of one in use.retries');
    expression(`${path}/when`, given.when);
    expression(`${path}/exceptWhen`, given.exceptWhen);
    duration(`${path}/delay`, given.delay);
    duration(`${path}/backoff/linear/increment`, given.backoff?.linear?.increment);
    duration(`${path}/limit/attempt/duration`, given.limit?.attempt?.duration);
    duration(`${path}/limit/duration`, given.limit?.duration);
    duration(`${path}/jitter/from`, given.jitter?.from);
    duration(`${path}/jitter/to`, given.jitter?.to);
  }

  function authentication(path: string, given: unknown): undefined {
    if (given === undefined) return;
    if (typeof given === 'string') {
      return complain(path, `Write a policy as an object: { use: ${given} } for one of use.authentications`);
    }
    if (!isObject(given)) return;
    if (given.use !== undefined) return named(`${path}/use`, given.use, use.authentications, 'use.authentications');
    policy(path, given);
  }

  function policy(path: string, given: Record<string, unknown>): undefined {
    if (given.certificate !== undefined) {
      return complain(
        `${path}/certificate`,
        'Client certificates are not supported; use basic, bearer, digest, oauth2 or oidc',
      );
    }
    for (const [scheme, settings] of Object.entries(given)) {
      if (!isObject(settings)) continue;
      if (typeof settings.use === 'string') secret(`${path}/${scheme}/use`, settings.use);
      const { grant } = settings;
      if (typeof grant === 'string' && expressionIn(grant) === null && !GRANTS.includes(grant)) {
        complain(`${path}/${scheme}/grant`, `The grant '${grant}' is not supported; use ${GRANTS.join(', ')}`);
      }
    }
  }

  function checkUse(): void {
    if (use.catalogs !== undefined)
      complain('/use/catalogs', 'Catalogs are not supported; put functions into use.functions');
    if (Array.isArray(use.secrets) && use.secrets.length > MOST_SECRETS)
      complain('/use/secrets', `A workflow uses at most ${MOST_SECRETS} secrets`);
    for (const [name, given] of entries(use.authentications)) {
      if (isObject(given)) policy(`/use/authentications/${pointerStep(name)}`, given);
    }
    for (const [name, given] of entries(use.timeouts)) timeout(`/use/timeouts/${pointerStep(name)}`, given);
    for (const [name, given] of entries(use.retries)) retry(`/use/retries/${pointerStep(name)}`, given);
  }

  function schema(path: string, rule: DataRule | undefined): undefined {
    const given = rule?.schema;
    if (!given || !isMapping(given)) return;
    if (given.resource) return complain(path, 'A schema belongs in the definition itself, in `document`');
    const { format } = given as { format?: unknown };
    if (format !== undefined && !/^json(:|$)/.test(String(format))) {
      return complain(`${path}/format`, `Schemas are of the format json, not '${String(format)}'`);
    }
    if (!given.document || !isMapping(given.document)) return;
    try {
      compileSchema(given.document);
    } catch (error) {
      complain(
        `${path}/document`,
        `This is not a valid JSON Schema: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  function secrets(path: string, text: string): void {
    for (const name of secretsIn(text)) secret(path, name);
  }

  function secret(path: string, name: string): undefined {
    const declared = Array.isArray(use.secrets) ? use.secrets.map(String) : [];
    if (declared.includes(name)) return;
    complain(path, `There is no secret '${name}' in use.secrets${suggestion(name, declared)}`);
  }

  function named(path: string, name: unknown, among: object | undefined, where: string): undefined {
    if (name === undefined || Object.hasOwn(among ?? {}, String(name))) return;
    complain(path, `There is no '${String(name)}' in ${where}${suggestion(String(name), Object.keys(among ?? {}))}`);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return isMapping(value);
}

/** The same for what has a type already, which may not be what the author wrote. */
export function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function entries<T>(value: Readonly<Record<string, T>> | undefined): [string, T][] {
  return isMapping(value) ? Object.entries(value as Record<string, T>) : [];
}
