/** Asks the specification's validator, which is loaded when it is first needed: that takes half a second and 40 MB. */
import { KINDS, pointerStep } from './definition.ts';
import { expressionIn } from './expressions.ts';

/** One broken rule: JSON pointer and sentence. */
export interface SdkIssue {
  path: string;
  message: string;
}

/** The version of the DSL that the validator knows; later ones of 1.0 only add to it. */
const KNOWN_DSL = '1.0.0';

/** What breaks the schema; empty when the definition is valid. */
export async function sdkIssues(definition: { document?: { dsl?: unknown } }): Promise<SdkIssue[]> {
  const known = asKnown({ ...definition, document: { ...definition.document, dsl: KNOWN_DSL } }) as object;
  const { default: sdk } = await import('@serverlessworkflow/sdk');
  try {
    sdk.validate('Workflow', known);
    return [];
  } catch (error) {
    return issuesIn(error instanceof Error ? error.message : String(error));
  }
}

/**
 * What later versions of 1.0 have added, as the known one would say it: `set`, `headers` and `query` may be an
 * expression. And what its check of URI templates refuses against RFC 6570: a dot in a name.
 */
function asKnown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asKnown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner !== 'string') return [key, asKnown(inner)];
      if (EXPRESSION_TOO.has(key) && expressionIn(inner) !== null) return [key, { value: inner }];
      return [key, key === 'endpoint' || key === 'uri' ? inner.replace(/\{\w+(\.\w+)+\}/g, '{name}') : inner];
    }),
  );
}

const EXPRESSION_TOO = new Set(['set', 'headers', 'query']);

/** Its message is a line for each rule: `- /do/0/x | #/oneOf | must … | {…}`. */
function issuesIn(problem: string): SdkIssue[] {
  const lines = [...problem.matchAll(/^- (\/\S*|) \| (\S+) \| (.+?) \| (\{.*\})$/gm)];
  if (lines.length === 0) return [{ path: '', message: problem.split('\n')[0] ?? 'not valid' }];
  const issues = lines.map(([, path = '', , message = '', params = '{}']) => ({
    path,
    message,
    params,
  }));
  // The branches of a choice all complain, each that it is not the one; what says more is what was meant.
  const useful = issues.filter(({ message }) => !NOISE.test(message));
  const among = useful.length > 0 ? useful : issues;
  const deepest = Math.max(...among.map(({ path }) => path.split('/').length));
  const meant = among.filter(({ path }) => path.split('/').length === deepest);
  // Each alternative of a place says what it wants: together they are one sentence.
  const byPath = new Map<string, Set<string>>();
  for (const { path: place, message, params } of meant) {
    const path = place + unknownIn(params);
    byPath.set(path, (byPath.get(path) ?? new Set()).add(sentence(message, params)));
  }
  return [...byPath].map(([path, sentences]) => ({ path, message: [...sentences].join(', or: ') }));
}

const NOISE = new RegExp(
  `oneOf|anyOf|exactly one schema|must match a schema|equal to constant|NOT be valid|required property '(${KINDS.join('|')})'`,
);

/** The step to a property that does not belong there. */
function unknownIn(params: string): string {
  const { unevaluatedProperty, additionalProperty } = JSON.parse(params);
  const name = unevaluatedProperty ?? additionalProperty;
  return name === undefined ? '' : `/${pointerStep(name)}`;
}

function sentence(message: string, params: string): string {
  const { unevaluatedProperty, additionalProperty, missingProperty, allowedValues, type, pattern, format } =
    JSON.parse(params);
  const name = unevaluatedProperty ?? additionalProperty;
  if (name) return `'${name}' is not known here`;
  if (missingProperty) return `'${missingProperty}' is missing`;
  if (/NOT have fewer than/.test(message)) return 'This must not be empty';
  if (pattern && String(pattern).includes('\\$\\{')) return 'This must be an expression';
  if (/^uri/.test(format ?? '') || String(pattern).includes('://')) return `This must be ${ADDRESS}`;
  if (type) return `This must be ${TYPES[type] ?? type}`;
  return allowedValues ? `This must be one of ${allowedValues.join(', ')}` : `This ${message}`;
}

const ADDRESS = 'an address, such as https://example.com/pets/{id}';
const TYPES: Record<string, string> = {
  string: 'a text (numbers and booleans need quotes)',
  object: 'an object',
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};
