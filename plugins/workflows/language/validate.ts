/** Reads a definition and finds everything wrong with it, with line and column. */
import { CronExpressionParser } from 'cron-parser';
import { isMap, isNode, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { compileCheck } from '#core/http/validate.ts';
import { JqSyntaxError } from '../jq/index.ts';
import {
  type Definition,
  entryOf,
  KINDS,
  kindOf,
  Options,
  optionsOf,
  pointerStep,
  type Strategy,
  type Task,
  type TaskList,
} from './definition.ts';
import { durationMs } from './durations.ts';
import { checkExpression, expressionIn } from './expressions.ts';
import { Fault } from './faults.ts';
import { sdkIssues } from './sdk.ts';
import { isTooDeep } from './yaml-depth.ts';

export interface DefinitionError {
  /** JSON pointer. */
  path: string;
  line: number;
  column: number;
  message: string;
}

export interface ValidationOptions {
  /** Names of functions that plugins offer. */
  functions: ReadonlySet<string>;
  allowShell: boolean;
}

export type Validated = { definition: Definition; source: string; calls: Set<string> } | { errors: DefinitionError[] };

const MAX_SOURCE_LENGTH = 1024 * 1024;
const BUILT_IN_CALLS = new Set(['http', 'openapi', 'mcp', 'workflows.approve']);
/** As many characters as the columns of task names and event types have. */
const LONGEST_NAME = 200;
const checkOptions = compileCheck(Options, 'patchbay');
const DIRECTIVES = new Set(['continue', 'exit', 'end']);

export async function validateDefinition(given: string | object, options: ValidationOptions): Promise<Validated> {
  const source = typeof given === 'string' ? given : JSON.stringify(given, null, 2);
  const lines = new LineCounter();
  if (source.length > MAX_SOURCE_LENGTH) return { errors: [at(null, '', 'A definition has at most 1 MB')] };
  if (isTooDeep(source)) return { errors: [at(null, '', 'This is nested too deeply')] };
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, strict: true });
  if (document.errors.length > 0) {
    return {
      errors: document.errors.map(({ message, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { path: '', line, column: col, message };
      }),
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { errors: [at(null, '', error instanceof Error ? error.message : 'not YAML')] };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { errors: [at(document.contents, '', 'A definition is an object with document and do')] };
  }
  const definition = value as Definition;
  const found: { path: string; message: string }[] = [];
  const calls = new Set<string>();
  const complain: Complain = (path, message) => void found.push({ path, message });
  checkDefinition(definition, options, calls, complain);
  if (found.length === 0) found.push(...(await sdkIssues(definition)));
  if (found.length > 0) return { errors: found.map(({ path, message }) => at(document.contents, path, message)) };
  return { definition, source, calls };

  function at(root: unknown, path: string, message: string): DefinitionError {
    const { line, col } = lines.linePos(offsetOf(root, path));
    return { path, line: Math.max(1, line), column: Math.max(1, col), message };
  }
}

/** Where the node at a JSON pointer begins, or the last one on the way to it that is there. */
function offsetOf(root: unknown, path: string): number {
  let node: unknown = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const step of path.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isSeq(node)) node = node.items[Number(key)];
    else if (isMap(node)) {
      const pair = node.items.find(
        (item) => isNode(item.key) && String((item.key as Node & { value?: unknown }).value) === key,
      );
      if (isNode(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair?.value;
      continue;
    } else return offset;
    if (isNode(node)) offset = node.range?.[0] ?? offset;
  }
  return offset;
}

/** Gives nothing, so that `return complain(…)` leaves a function that gives nothing. */
type Complain = (path: string, message: string) => undefined;

function checkDefinition(
  definition: Definition,
  options: ValidationOptions,
  calls: Set<string>,
  complain: Complain,
): undefined {
  const { document, use = {}, schedule } = definition;
  if (typeof document !== 'object' || document === null) return complain('', 'document is missing');
  if (!/^1\.0\.\d+/.test(String(document.dsl ?? '')))
    complain('/document/dsl', 'dsl must be a version of 1.0, such as 1.0.0');
  for (const name of ['namespace', 'name'] as const) {
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(String(document[name] ?? ''))) {
      complain(`/document/${name}`, `${name} must be lower-case letters, digits and dashes, at most 63`);
    }
  }
  if (!Array.isArray(definition.do)) return complain('', 'do is missing: the list of tasks');
  for (const { path, message } of checkOptions(optionsOf(definition)) ?? []) {
    complain(`/document/metadata/${path.map((step) => pointerStep(String(step))).join('/')}`, message);
  }
  const variables = [...variablesIn(definition), 'error', 'item', 'index'];
  const check = (path: string, text: unknown, isWhole = true): void => {
    if (typeof text !== 'string' || (!isWhole && expressionIn(text) === null)) return;
    const problem = syntaxProblem(text, variables);
    if (problem) complain(path, problem);
  };
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'string') check(path, value, false);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(`${path}/${pointerStep(key)}`, inner);
    }
  };

  tasks('/do', definition.do);
  for (const [name, task] of Object.entries(use.functions ?? {})) one(`/use/functions/${pointerStep(name)}`, task, []);
  for (const [index, item] of (use.extensions ?? []).entries()) {
    const [name, extension] = entryOf(item);
    const path = `/use/extensions/${index}/${pointerStep(name)}`;
    check(`${path}/when`, extension.when);
    if (extension.before) tasks(`${path}/before`, extension.before);
    if (extension.after) tasks(`${path}/after`, extension.after);
  }
  check('/input/from', definition.input?.from);
  check('/output/as', definition.output?.as);
  schemas('', definition);
  walk('/use/authentications', use.authentications);
  check('/document/metadata/patchbay/concurrency/key', optionsOf(definition).concurrency?.key);
  if (schedule?.cron !== undefined) {
    try {
      CronExpressionParser.parse(schedule.cron, { tz: 'UTC' }).next();
    } catch {
      complain('/schedule/cron', `'${schedule.cron}' is not a cron expression that ever comes true`);
    }
  }
  for (const unit of ['every', 'after'] as const) {
    if (schedule?.[unit] !== undefined && !durationMs(schedule[unit]))
      complain(`/schedule/${unit}`, 'This is not a duration');
  }
  if (schedule?.on) strategy('/schedule/on', schedule.on);

  function tasks(path: string, list: TaskList): undefined {
    if (!Array.isArray(list)) return complain(path, 'This must be a list of tasks');
    const names = list.map((item) => Object.keys(item ?? {})[0] ?? '');
    for (const [index, item] of list.entries()) {
      const keys = Object.keys(item ?? {});
      if (keys.length !== 1) {
        complain(`${path}/${index}`, 'Each item of the list is one task: a name and what it does');
        continue;
      }
      const [name = '', task] = Object.entries(item)[0] ?? [];
      if (name.length > LONGEST_NAME)
        complain(`${path}/${index}`, `A task's name has at most ${LONGEST_NAME} characters`);
      if (names.indexOf(name) !== index)
        complain(`${path}/${index}`, `There are two tasks named '${name}' in this list`);
      one(`${path}/${index}/${pointerStep(name)}`, task as Task, names);
    }
  }

  function one(path: string, task: Task, siblings: readonly string[]): undefined {
    if (typeof task !== 'object' || task === null) return complain(path, 'A task is an object');
    const kind = kindOf(task);
    if (!kind) return complain(path, `A task needs one of ${KINDS.join(', ')}`);
    const others = KINDS.filter(
      (other) => other !== kind && task[other as keyof Task] !== undefined && !(kind === 'for' && other === 'do'),
    );
    if (others.length > 0) complain(path, `A task is either ${kind} or ${others.join(' or ')}, not both`);
    for (const name of ['if', 'while'] as const) check(`${path}/${name}`, task[name]);
    check(`${path}/input/from`, task.input?.from);
    check(`${path}/output/as`, task.output?.as);
    check(`${path}/export/as`, task.export?.as);
    schemas(path, task);
    directive(`${path}/then`, task.then, siblings);
    if (task.timeout !== undefined) timeout(`${path}/timeout`, task.timeout);
    if (task.call !== undefined) callOf(path, task);
    if (kind === 'do') tasks(`${path}/do`, task.do ?? []);
    if (kind === 'for') {
      check(`${path}/for/in`, task.for?.in);
      tasks(`${path}/do`, task.do ?? []);
    }
    if (kind === 'fork') {
      if (!Array.isArray(task.fork?.branches) || task.fork.branches.length === 0)
        complain(`${path}/fork`, 'A fork needs branches');
      else tasks(`${path}/fork/branches`, task.fork.branches);
    }
    if (kind === 'set') walk(`${path}/set`, task.set);
    if (kind === 'emit') walk(`${path}/emit`, task.emit);
    if (kind === 'switch') cases(path, task, siblings);
    if (kind === 'try') tryOf(path, task);
    if (kind === 'raise') raiseOf(path, task);
    if (kind === 'run') runOf(path, task);
    if (
      kind === 'wait' &&
      typeof task.wait === 'string' &&
      expressionIn(task.wait) === null &&
      durationMs(task.wait) === null
    ) {
      complain(`${path}/wait`, `'${task.wait}' is not a duration such as PT5M`);
    }
    if (kind === 'listen') {
      if (!task.listen?.to) complain(`${path}/listen`, 'listen needs `to`: one, any or all');
      else strategy(`${path}/listen/to`, task.listen.to);
      if (task.foreach?.do) tasks(`${path}/foreach/do`, task.foreach.do);
    }
  }

  function schemas(path: string, rules: Pick<Task, 'input' | 'output' | 'export'>): undefined {
    for (const side of ['input', 'output', 'export'] as const) {
      if (rules[side]?.schema?.resource)
        complain(`${path}/${side}/schema`, 'A schema stands in the definition itself, in `document`');
    }
  }

  function callOf(path: string, task: Task): undefined {
    const name = String(task.call);
    walk(`${path}/with`, task.with);
    if (name === 'grpc' || name === 'asyncapi') {
      return complain(`${path}/call`, `call: ${name} is not supported; use http, openapi, mcp or a function`);
    }
    const isOwn = use.functions !== undefined && Object.hasOwn(use.functions, name);
    if (!BUILT_IN_CALLS.has(name) && !isOwn && !options.functions.has(name)) {
      return complain(`${path}/call`, `There is no function '${name}'`);
    }
    if (!isOwn) calls.add(name);
    const endpoint = (task.with?.endpoint ?? {}) as { authentication?: { use?: string } };
    named(
      `${path}/with/endpoint/authentication`,
      endpoint.authentication?.use,
      use.authentications,
      'use.authentications',
    );
  }

  function cases(path: string, task: Task, siblings: readonly string[]): undefined {
    if (!Array.isArray(task.switch)) return complain(`${path}/switch`, 'switch is a list of cases');
    for (const [index, item] of task.switch.entries()) {
      const [name, rule] = entryOf(item as Record<string, { when?: string; then: string }>);
      check(`${path}/switch/${index}/${pointerStep(name)}/when`, rule?.when);
      directive(`${path}/switch/${index}/${pointerStep(name)}/then`, rule?.then, siblings);
    }
  }

  function tryOf(path: string, task: Task): undefined {
    tasks(`${path}/try`, task.try ?? []);
    const rule = task.catch;
    if (!rule) return complain(path, 'try needs catch');
    check(`${path}/catch/when`, rule.when);
    check(`${path}/catch/exceptWhen`, rule.exceptWhen);
    if (typeof rule.retry === 'string') named(`${path}/catch/retry`, rule.retry, use.retries, 'use.retries');
    if (rule.do) tasks(`${path}/catch/do`, rule.do);
  }

  function raiseOf(path: string, task: Task): undefined {
    const error = task.raise?.error;
    if (typeof error === 'string') named(`${path}/raise/error`, error, use.errors, 'use.errors');
    else walk(`${path}/raise`, task.raise);
  }

  function runOf(path: string, task: Task): undefined {
    const { script, shell, container } = task.run ?? {};
    walk(`${path}/run`, task.run);
    if (script && !/^(javascript|js)$/i.test(script.language ?? '')) {
      complain(`${path}/run/script/language`, `Scripts are javascript, not '${script.language}'`);
    }
    if (script && typeof script.code !== 'string')
      complain(`${path}/run/script`, 'A script needs its code in the definition');
    if ((shell || container) && !options.allowShell) {
      complain(
        `${path}/run`,
        'Shell commands and containers are off; the operator allows them with plugins.workflows.shell',
      );
    }
  }

  function strategy(path: string, given: Strategy): undefined {
    const filters = given.all ?? given.any ?? (given.one ? [given.one] : null);
    if (!filters) return complain(path, 'This needs one, any or all');
    walk(path, filters);
    for (const { with: wanted, correlate } of filters) {
      if (String(wanted?.type ?? '').length > LONGEST_NAME) {
        complain(path, `The type of an event has at most ${LONGEST_NAME} characters`);
      }
      for (const [name, rule] of Object.entries(correlate ?? {})) check(`${path}/correlate/${name}`, rule.from);
    }
    if (typeof given.until === 'string') check(`${path}/until`, given.until);
    else if (given.until) strategy(`${path}/until`, given.until);
  }

  function directive(path: string, then: unknown, siblings: readonly string[]): undefined {
    if (typeof then !== 'string' || DIRECTIVES.has(then) || siblings.includes(then)) return;
    complain(path, `There is no task '${then}' in this list to go to`);
  }

  function timeout(path: string, given: NonNullable<Task['timeout']>): undefined {
    if (typeof given === 'string') named(path, given, use.timeouts, 'use.timeouts');
    else if (durationMs(given.after) === null) complain(`${path}/after`, 'This is not a duration');
  }

  function named(path: string, name: string | undefined, among: object | undefined, where: string): undefined {
    if (name !== undefined && !Object.hasOwn(among ?? {}, name)) complain(path, `There is no '${name}' in ${where}`);
  }
}

function syntaxProblem(text: string, variables: readonly string[]): string | null {
  try {
    checkExpression(text, variables);
    return null;
  } catch (error) {
    if (error instanceof Fault || error instanceof JqSyntaxError) return error.message;
    throw error;
  }
}

/** Names that loops, catches and listeners anywhere in the definition bring. */
function variablesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(variablesIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = ['each', 'at', 'as', 'item'].flatMap((key) => {
    const name = (value as Record<string, unknown>)[key];
    return typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name) ? [name] : [];
  });
  return [...own, ...Object.values(value).flatMap(variablesIn)];
}
