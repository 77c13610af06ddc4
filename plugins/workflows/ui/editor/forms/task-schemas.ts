/** What people fill in for each kind of task, as JSON Schemas: the keys of the language, with their names in plain words. */
import type { Kind } from '../../graph/index.ts';

/** Names and what they mean by the key of the language. */
export interface FieldTexts {
  title(key: string): string;
  hint(key: string): string | undefined;
  /** What people call a field of a function; undefined where it keeps its own name. */
  input(name: string): string | undefined;
  /** Where a step leads: a word of the language as people say it, or the name of a task. */
  place(to: string): string;
}

/** Where a step may lead: the words of the language, and other tasks of its list. */
export function placesOf({ siblings, isInGroup }: Known): readonly string[] {
  return [...new Set(['continue', ...(isInGroup ? ['exit'] : []), 'end', ...siblings])];
}

export interface Known {
  /** Other tasks of the same list, to lead to. */
  siblings: readonly string[];
  /** The end of a group is another place than that of the workflow. */
  isInGroup: boolean;
}

/** Under its own name it would look like a promise. */
const LEADS_TO = 'then';

/** Names that are written down, and never worked out: no expression is offered for them. */
const PLAIN: ReadonlySet<string> = new Set([
  'each',
  'at',
  'catchAs',
  'errorName',
  'retryName',
  'namespace',
  'name',
  'version',
  'operationId',
  'workflowTitle',
  'summary',
  'count',
  'code',
]);
const NO_EXPRESSION = { 'x-expression': false } as const;

type Schema = Readonly<Record<string, unknown>>;

export function kindSchema(kind: Kind, texts: FieldTexts): Schema {
  const { object, expression, text, long, number, flag, choice, anything, map, list, either } = builders(texts);
  const event = object({
    type: text('type'),
    source: text('source'),
    subject: text('subject'),
    data: anything('data'),
  });
  const filter = object({ with: event });
  const problem = object({
    type: text('errorType'),
    status: number('status'),
    title: text('title'),
    detail: text('detail'),
  });
  switch (kind) {
    case 'set':
      return object({ set: map('set') }, ['set']);
    case 'for':
      return object(
        {
          for: object({ each: text('each'), in: expression('in'), at: text('at') }, ['in'], 'for'),
          while: expression('while'),
        },
        ['for'],
      );
    case 'fork':
      return object({ fork: object({ compete: flag('compete') }, [], 'fork') }, ['fork']);
    case 'emit':
      return object({ emit: object({ event: object({ with: event }, ['with'], 'event') }, ['event'], 'emit') }, [
        'emit',
      ]);
    case 'listen':
      return object(
        {
          listen: object(
            {
              to: either('to', [
                object({ one: filter }, ['one'], 'one'),
                object({ any: list('any', filter) }, ['any'], 'any'),
                object({ all: list('all', filter) }, ['all'], 'all'),
              ]),
              read: choice('read', ['data', 'envelope', 'raw']),
            },
            ['to'],
            'listen',
          ),
        },
        ['listen'],
      );
    case 'raise':
      return object(
        {
          raise: object(
            { error: either('error', [{ ...problem, title: texts.title('ownError') }, text('errorName')]) },
            ['error'],
            'raise',
          ),
        },
        ['raise'],
      );
    case 'run':
      return object(
        {
          run: object(
            {
              workflow: object(
                {
                  namespace: text('namespace'),
                  name: text('name'),
                  version: text('version'),
                  input: anything('workflowInput'),
                },
                ['namespace', 'name', 'version'],
                'workflow',
              ),
              script: object(
                {
                  language: { const: 'javascript' },
                  code: long('code'),
                  arguments: map('arguments'),
                  environment: map('environment'),
                },
                ['language', 'code'],
                'script',
              ),
              await: { ...flag('await'), default: true },
              return: choice('return', ['stdout', 'stderr', 'code', 'all', 'none']),
            },
            [],
            'run',
          ),
        },
        ['run'],
      );
    case 'try':
      return object(
        {
          catch: object(
            {
              errors: object({ with: problem }, [], 'errors'),
              as: text('catchAs'),
              when: expression('when'),
              exceptWhen: expression('exceptWhen'),
              retry: either('retry', [
                {
                  ...object({
                    delay: duration(texts, 'delay'),
                    backoff: either(
                      'backoff',
                      ['constant', 'linear', 'exponential'].map((name) => object({ [name]: object({}) }, [name], name)),
                    ),
                    limit: object(
                      {
                        attempt: object({ count: number('count') }, [], 'attempt'),
                        duration: duration(texts, 'duration'),
                      },
                      [],
                      'limit',
                    ),
                  }),
                  title: texts.title('ownRetry'),
                },
                text('retryName'),
              ]),
            },
            [],
            'catch',
          ),
        },
        ['catch'],
      );
    case 'wait':
      return object({ wait: duration(texts, 'wait') }, ['wait']);
    default:
      return object({});
  }
}

/** What every task may have. */
export function commonSchema(texts: FieldTexts, known: Known): Schema {
  const { object, expression, named } = builders(texts);
  return object({
    if: expression('if'),
    input: object({ from: expression('from') }, [], 'input'),
    output: object({ as: expression('as') }, [], 'output'),
    export: object({ as: expression('exportAs') }, [], 'export'),
    timeout: object({ after: duration(texts, 'after') }, [], 'timeout'),
    [LEADS_TO]: named('then', placesOf(known), texts.place),
  });
}

/** `with` of the calls that the language knows itself. */
export function callSchema(call: string, texts: FieldTexts): Schema | null {
  const { object, text, long, flag, choice, named, example, anything, map } = builders(texts);
  const output = choice('callOutput', ['content', 'response', 'raw']);
  if (call === 'http')
    return object(
      {
        method: named('method', ['get', 'post', 'put', 'patch', 'delete', 'head'], (method) => method.toUpperCase()),
        endpoint: example('endpoint', 'https://api.example.com'),
        query: map('query'),
        headers: map('headers'),
        body: anything('body'),
        output,
        redirect: flag('redirect'),
      },
      ['method', 'endpoint'],
    );
  if (call === 'openapi')
    return object(
      {
        document: object(
          { endpoint: example('endpoint', 'https://api.example.com/openapi.json') },
          ['endpoint'],
          'openapiDocument',
        ),
        operationId: text('operationId'),
        parameters: map('parameters'),
        output,
        redirect: flag('redirect'),
      },
      ['document', 'operationId'],
    );
  if (call === 'workflows.approve')
    return object({ to: text('approver'), title: text('approvalTitle'), text: long('approvalText') }, ['to']);
  if (call === 'mcp')
    return object(
      {
        transport: object(
          { http: object({ endpoint: example('endpoint', 'https://api.example.com/mcp') }, ['endpoint'], 'http') },
          ['http'],
          'transport',
        ),
        method: choice('mcpMethod', [
          'tools/list',
          'tools/call',
          'prompts/list',
          'prompts/get',
          'resources/list',
          'resources/read',
        ]),
        parameters: map('parameters'),
      },
      ['transport'],
    );
  return null;
}

/** What stands above the tasks: who the workflow is, what it takes and gives. */
export function headSchema(texts: FieldTexts): Schema {
  const { object, text, choice } = builders(texts);
  return object(
    {
      document: object(
        {
          namespace: text('namespace'),
          version: text('version'),
          title: text('workflowTitle'),
          summary: { ...text('summary'), maxLength: 1_000 },
        },
        ['namespace', 'version'],
        'document',
      ),
      timeout: object({ after: duration(texts, 'after') }, [], 'timeout'),
      evaluate: object({ mode: choice('mode', ['strict', 'loose']) }, [], 'evaluate'),
    },
    ['document'],
  );
}

function duration(texts: FieldTexts, key: string): Schema {
  const units = ['days', 'hours', 'minutes', 'seconds', 'milliseconds'];
  const properties = Object.fromEntries(
    units.map((unit) => [unit, { type: 'integer', minimum: 0, title: texts.title(unit), ...NO_EXPRESSION }]),
  );
  return {
    ...namesOf(texts, key),
    ...NO_EXPRESSION,
    anyOf: [
      { type: 'object', properties, title: texts.title('byUnits'), additionalProperties: false },
      { type: 'string', title: 'ISO 8601' },
    ],
  };
}

function namesOf(texts: FieldTexts, key: string): Schema {
  const hint = texts.hint(key);
  return { title: texts.title(key), ...(hint && { description: hint }) };
}

function builders(texts: FieldTexts) {
  const own = (key: string): Schema => ({ ...namesOf(texts, key), ...(PLAIN.has(key) && NO_EXPRESSION) });
  const text = (key: string): Schema => ({ ...own(key), type: 'string' });
  const anything = (key: string): Schema => ({ ...own(key), format: 'anything' });
  return {
    anything,
    text,
    /** Written in several lines. */
    long: (key: string): Schema => ({ ...text(key), maxLength: 100_000 }),
    /** What stands there while nothing is written shows what would. */
    example: (key: string, written: string): Schema => ({ ...anything(key), 'x-placeholder': written }),
    /** One of several, each by a name of its own. */
    named: (key: string, values: readonly string[], title: (value: string) => string): Schema => ({
      ...own(key),
      oneOf: values.map((value) => ({ const: value, title: title(value) })),
      ...NO_EXPRESSION,
    }),
    number: (key: string): Schema => ({ ...own(key), type: 'integer' }),
    flag: (key: string): Schema => ({ ...own(key), type: 'boolean', ...NO_EXPRESSION }),
    expression: (key: string): Schema => ({ ...own(key), type: 'string', format: 'expression' }),
    choice: (key: string, values: readonly string[]): Schema => ({
      ...own(key),
      enum: [...values],
      ...NO_EXPRESSION,
    }),
    map: (key: string): Schema => ({ ...own(key), type: 'object', additionalProperties: { format: 'anything' } }),
    list: (key: string, items: Schema): Schema => ({ ...own(key), type: 'array', items, ...NO_EXPRESSION }),
    either: (key: string, anyOf: readonly Schema[]): Schema => ({
      ...own(key),
      anyOf: [...anyOf],
      ...NO_EXPRESSION,
    }),
    object: (properties: Readonly<Record<string, Schema>>, required: readonly string[] = [], key?: string): Schema => ({
      ...(key !== undefined && own(key)),
      ...NO_EXPRESSION,
      type: 'object',
      properties,
      required: [...required],
      additionalProperties: false,
    }),
  };
}
