/** What is wrong with a definition: its document, its tasks, its schedule. */
// biome-ignore lint/style/noRestrictedImports: of the threads this one alone checks by schemas, so the others do not load Ajv
import { compileCheck } from '#core/http/validate.ts';
import { JqSyntaxError } from '../jq/index.ts';
import { checkTimes } from './check-times.ts';
import { type Complain, createChecks, entries, isMapping, isObject } from './check-use.ts';
import {
  type Definition,
  type EventFilter,
  type Extension,
  KINDS,
  kindOf,
  optionsOf,
  pointerStep,
  type Strategy,
  type Task,
  type TaskList,
} from './definition.ts';
import { durationMs } from './durations.ts';
import { ARGUMENTS, checkExpression, expressionIn, isExpectExpression } from './expressions.ts';
import { Fault } from './faults.ts';
import { suggestion } from './suggest.ts';

export interface ValidationOptions {
  /** Names of functions that plugins offer. */
  functions: ReadonlySet<string>;
  allowShell: boolean;
  /** The schema of `document.metadata.patchbay`. */
  metadata: object;
}

/** Calls of the DSL that are not there. */
const NOT_SUPPORTED = new Set(['grpc', 'asyncapi', 'a2a']);
const BUILT_IN_CALLS = new Set(['http', 'openapi', 'mcp', 'workflows.approve']);
/** `Hello ${ .name }`: nothing else than an expression begins so, and nobody would work it out. */
const EMBEDDED = /\$\{\s*\.[\w"[]/;
/** Where a policy may stand in `with` of a call. */
const POLICY_PLACES = [
  ['authentication'],
  ['endpoint', 'authentication'],
  ['document', 'endpoint', 'authentication'],
  ['transport', 'http', 'endpoint', 'authentication'],
];
/** As many characters as the columns of task names and event types have. */
const LONGEST_NAME = 200;
const SHORTEST_PERIOD_MS = 1_000;
const DIRECTIVES = new Set(['continue', 'exit', 'end']);

/** Complains of each mistake, and adds the functions that are called to `calls`. */
export function checkDefinition(
  definition: Definition,
  options: ValidationOptions,
  calls: Set<string>,
  complain: Complain,
): undefined {
  const { document, use = {}, schedule, evaluate } = definition;
  if (!isMapping(document)) return complain('/document', 'document is missing: dsl, namespace, name and version');
  if (!/^1\.0\.\d+/.test(String(document.dsl ?? '')))
    complain('/document/dsl', 'dsl must be a version of 1.0, such as 1.0.0');
  for (const name of ['namespace', 'name'] as const) {
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(String(document[name] ?? ''))) {
      complain(`/document/${name}`, `${name} must be lower-case letters, digits and dashes, at most 63`);
    }
  }
  if (definition.do === undefined) return complain('', `do is missing: the list of tasks${nearDo(definition)}`);
  if (!isMapping(use)) return complain('/use', 'This must be an object');
  if (schedule !== undefined && !isMapping(schedule)) return complain('/schedule', 'This must be an object');
  for (const { path, message } of compileCheck(options.metadata, 'patchbay')(optionsOf(definition)) ?? []) {
    complain(`/document/metadata/${path.map((step) => pointerStep(String(step))).join('/')}`, message);
  }
  const variables = [...variablesIn(definition), 'error', 'item', 'index'];
  const check = (path: string, text: unknown, isWhole = true): void => {
    if (typeof text !== 'string') return;
    if (!isWhole && expressionIn(text) === null) {
      if (EMBEDDED.test(text))
        complain(path, 'An expression must be the whole text: \\(.name) puts a value into a text of it');
      return;
    }
    const problem = syntaxProblem(text, variables);
    if (problem) complain(path, problem);
    else checks.secrets(path, text);
  };
  const checks = createChecks(definition, complain, check);
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'string') check(path, value, false);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(`${path}/${pointerStep(key)}`, inner);
    }
  };

  for (const place of ['', '/document', '/use', '/schedule', '/evaluate']) {
    checks.keys(place, place === '' ? definition : definition[place.slice(1) as keyof Definition]);
  }
  if (evaluate?.language !== undefined && evaluate.language !== 'jq') {
    complain('/evaluate/language', `Expressions are jq, not '${evaluate.language}'`);
  }
  if (evaluate?.mode !== undefined && evaluate.mode !== 'strict' && evaluate.mode !== 'loose') {
    complain('/evaluate/mode', 'The mode is strict or loose');
  }
  tasks('/do', definition.do);
  for (const [name, task] of entries(use.functions)) one(`/use/functions/${pointerStep(name)}`, task, []);
  for (const [index, item] of (Array.isArray(use.extensions) ? use.extensions : []).entries()) {
    const [name, extension] = entries<Extension>(item)[0] ?? [];
    if (name === undefined || !extension || !isMapping(extension)) continue;
    const path = `/use/extensions/${index}/${pointerStep(name)}`;
    check(`${path}/when`, extension.when);
    if (extension.before) tasks(`${path}/before`, extension.before);
    if (extension.after) tasks(`${path}/after`, extension.after);
  }
  check('/input/from', definition.input?.from);
  check('/output/as', definition.output?.as);
  schemas('', definition);
  if (definition.timeout !== undefined) checks.timeout('/timeout', definition.timeout);
  walk('/use/authentications', use.authentications);
  checks.use();
  check('/document/metadata/patchbay/concurrency/key', optionsOf(definition).concurrency?.key);
  checkTimes(definition, complain);
  for (const unit of ['every', 'after'] as const) {
    checks.duration(`/schedule/${unit}`, schedule?.[unit]);
    const ms = durationMs(schedule?.[unit]);
    if (ms !== null && ms < SHORTEST_PERIOD_MS) complain(`/schedule/${unit}`, 'The shortest period is one second');
  }
  if (schedule?.on) strategy('/schedule/on', schedule.on, true);

  /** Branches of a fork (`isFork`) run side by side: none can go to another. */
  function tasks(path: string, list: TaskList, isFork = false): undefined {
    if (!Array.isArray(list)) {
      return complain(
        path,
        'This must be a list of tasks: each begins with a dash, `- name:`, and is indented under it',
      );
    }
    const names = list.map((item) => Object.keys(item ?? {})[0] ?? '');
    const places = new Map(names.map((name, index) => [name, index] as const).reverse());
    for (const [index, item] of list.entries()) {
      const keys = Object.keys(item ?? {});
      if (!isMapping(item) || keys.length !== 1) {
        const isFlat = keys.length > 1 && isObject(item) && item[keys[0] ?? ''] === null;
        const hint = isFlat ? `; indent what belongs to '${keys[0]}' further` : '';
        complain(`${path}/${index}`, `Each item of the list is one task: a name and what it does${hint}`);
        continue;
      }
      const [name = '', task] = Object.entries(item)[0] ?? [];
      if (name.length > LONGEST_NAME)
        complain(`${path}/${index}`, `A task's name has at most ${LONGEST_NAME} characters`);
      if (places.get(name) !== index)
        complain(`${path}/${index}/${pointerStep(name)}`, `There are two tasks named '${name}' in this list`);
      one(`${path}/${index}/${pointerStep(name)}`, task as Task, isFork ? null : names);
    }
  }

  function one(path: string, task: Task, siblings: readonly string[] | null): undefined {
    if (!isMapping(task)) return complain(path, `A task is an object with one of ${KINDS.join(', ')}`);
    const kind = kindOf(task);
    if (!kind) {
      const near = Object.keys(task).find((key) => suggestion(key, KINDS) !== '');
      if (near) return complain(`${path}/${near}`, `There is no kind of task '${near}'${suggestion(near, KINDS)}`);
      return complain(path, `A task needs one of ${KINDS.join(', ')}`);
    }
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
    if (task.timeout !== undefined) checks.timeout(`${path}/timeout`, task.timeout);
    if (task.call !== undefined) callOf(path, task);
    if (kind === 'do') tasks(`${path}/do`, task.do ?? []);
    if (kind === 'for') {
      check(`${path}/for/in`, task.for?.in);
      variableNames(`${path}/for`, task.for, ['each', 'at']);
      if (task.do === undefined) complain(path, 'for needs `do` beside it: the list of tasks for each item');
      else tasks(`${path}/do`, task.do);
    }
    if (kind === 'fork') {
      if (!Array.isArray(task.fork?.branches) || task.fork.branches.length === 0)
        complain(`${path}/fork`, 'A fork needs branches');
      else tasks(`${path}/fork/branches`, task.fork.branches, true);
    }
    if (kind === 'set') walk(`${path}/set`, task.set);
    if (kind === 'emit') walk(`${path}/emit`, task.emit);
    if (kind === 'switch') cases(path, task, siblings);
    if (kind === 'try') tryOf(path, task);
    if (kind === 'raise') raiseOf(path, task);
    if (kind === 'run') runOf(path, task);
    if (kind === 'wait') checks.duration(`${path}/wait`, task.wait);
    if (kind === 'listen') {
      if (!task.listen?.to) complain(`${path}/listen`, 'listen needs `to`: one, any or all');
      else strategy(`${path}/listen/to`, task.listen.to);
      variableNames(`${path}/foreach`, task.foreach, ['item', 'at']);
      check(`${path}/foreach/output/as`, task.foreach?.output?.as);
      check(`${path}/foreach/export/as`, task.foreach?.export?.as);
      if (task.foreach?.do) tasks(`${path}/foreach/do`, task.foreach.do);
    }
  }

  function schemas(path: string, rules: Pick<Task, 'input' | 'output' | 'export'>): undefined {
    for (const side of ['input', 'output', 'export'] as const) checks.schema(`${path}/${side}/schema`, rules[side]);
  }

  function callOf(path: string, task: Task): undefined {
    if (typeof task.call !== 'string')
      return complain(`${path}/call`, 'call needs the name of what is called, such as http');
    const name = task.call;
    walk(`${path}/with`, task.with);
    if (NOT_SUPPORTED.has(name)) {
      const hint = 'a standard task that is not supported here; use http, openapi, mcp or a function';
      return complain(`${path}/call`, `call: ${name} is ${hint}`);
    }
    const isOwn = Object.hasOwn(use.functions ?? {}, name);
    if (!BUILT_IN_CALLS.has(name) && !isOwn && !options.functions.has(name)) {
      if (/^\w+:\/\//.test(name))
        return complain(`${path}/call`, 'Functions by their address are not supported; put it into use.functions');
      if (name.includes('@'))
        return complain(`${path}/call`, 'Functions of catalogs are not supported; put it into use.functions');
      const names = [...BUILT_IN_CALLS, ...options.functions, ...Object.keys(use.functions ?? {})];
      return complain(`${path}/call`, `There is no function '${name}'${suggestion(name, names)}`);
    }
    if (!isOwn) calls.add(name);
    if (name === 'mcp') mcpOf(`${path}/with`, task.with);
    for (const place of POLICY_PLACES) {
      const given = place.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), task.with);
      checks.authentication(`${path}/with/${place.join('/')}`, given);
    }
  }

  function mcpOf(path: string, given: unknown): undefined {
    if (!isMapping(given)) return;
    const { transport, timeout } = given as { transport?: Record<string, unknown>; timeout?: unknown };
    checks.duration(`${path}/timeout`, timeout);
    for (const key of ['stdio', 'options'])
      if (isMapping(transport) && transport?.[key] !== undefined)
        complain(`${path}/transport/${key}`, `MCP servers are reached over HTTP: '${key}' is not supported`);
  }

  function cases(path: string, task: Task, siblings: readonly string[] | null): undefined {
    if (!Array.isArray(task.switch)) return complain(`${path}/switch`, 'switch is a list of cases');
    let defaults = 0;
    for (const [index, item] of task.switch.entries()) {
      const [name, rule] = entries(item as Record<string, { when?: string; then: string }>)[0] ?? [];
      if (name === undefined || !rule || !isMapping(rule)) {
        complain(`${path}/switch/${index}`, 'A case is a name with `when` and `then`');
        continue;
      }
      if (rule.when === undefined && ++defaults > 1) {
        complain(`${path}/switch/${index}/${pointerStep(name)}`, 'Only one case can be without `when`: the default');
      }
      check(`${path}/switch/${index}/${pointerStep(name)}/when`, rule?.when);
      directive(`${path}/switch/${index}/${pointerStep(name)}/then`, rule?.then, siblings);
    }
  }

  function tryOf(path: string, task: Task): undefined {
    tasks(`${path}/try`, task.try ?? []);
    const rule = task.catch;
    if (!rule || !isMapping(rule)) return complain(path, 'try needs `catch` beside it');
    variableNames(`${path}/catch`, rule, ['as']);
    walk(`${path}/catch/errors`, rule.errors);
    check(`${path}/catch/when`, rule.when);
    check(`${path}/catch/exceptWhen`, rule.exceptWhen);
    if (rule.retry !== undefined) checks.retry(`${path}/catch/retry`, rule.retry);
    if (rule.do) tasks(`${path}/catch/do`, rule.do);
  }

  function raiseOf(path: string, task: Task): undefined {
    const error = task.raise?.error;
    if (typeof error === 'string') checks.named(`${path}/raise/error`, error, use.errors, 'use.errors');
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
    if (container?.lifetime?.cleanup === 'eventually') {
      complain(`${path}/run/container/lifetime/cleanup`, 'A container is removed `always` or `never`');
    }
    if ((shell || container) && !options.allowShell) {
      complain(
        `${path}/run`,
        'Shell commands and containers are off; the operator allows them with plugins.workflows.shell',
      );
    }
  }

  /** Before an execution there is, a strategy (`isTrigger`) sees the event alone; no strategy sees secrets. */
  function strategy(path: string, given: Strategy, isTrigger = false): undefined {
    const kind = isMapping(given)
      ? (['all', 'any', 'one'] as const).find((one) => given[one] !== undefined)
      : undefined;
    if (!kind) return complain(path, 'This needs one, any or all');
    const filters = kind === 'one' ? [given.one] : given[kind];
    if (!Array.isArray(filters) || !filters.every(isMapping))
      return complain(`${path}/${kind}`, 'This needs filters: `with`');
    walk(path, { [kind]: given[kind] });
    for (const [index, { with: wanted, correlate }] of (filters as EventFilter[]).entries()) {
      const place = kind === 'one' ? `${path}/one` : `${path}/${kind}/${index}`;
      if (String(wanted?.type ?? '').length > LONGEST_NAME) {
        complain(`${place}/with/type`, `The type of an event has at most ${LONGEST_NAME} characters`);
      }
      for (const [name, rule] of entries(correlate)) {
        const at = `${place}/correlate/${pointerStep(name)}`;
        check(`${at}/from`, rule?.from);
        if (typeof rule?.expect !== 'string' || !isExpectExpression(rule.expect)) continue;
        if (isTrigger) complain(`${at}/expect`, 'Before the execution begins, `expect` can only be a constant');
        else check(`${at}/expect`, rule.expect);
      }
    }
    const seen = isTrigger ? [...ARGUMENTS] : ['secrets'];
    const used = JSON.stringify(given)
      .match(/\$(\w+)/g)
      ?.find((name) => seen.includes(name.slice(1) as 'secrets'));
    if (used)
      complain(path, `${used} is not available ${isTrigger ? 'before the execution begins' : 'in a filter of events'}`);
    if (typeof given.until === 'string') check(`${path}/until`, given.until);
    else if (given.until) strategy(`${path}/until`, given.until, isTrigger);
  }

  function directive(path: string, then: unknown, siblings: readonly string[] | null): undefined {
    if (typeof then !== 'string' || DIRECTIVES.has(then) || siblings?.includes(then)) return;
    if (!siblings)
      return complain(path, `A branch of a fork cannot go to '${then}': its \`then\` is continue, exit or end`);
    complain(path, `There is no task '${then}' in this list to go to${suggestion(then, [...siblings, ...DIRECTIVES])}`);
  }

  function variableNames(path: string, given: unknown, keys: readonly string[]): void {
    for (const key of keys) {
      const name = isObject(given) ? given[key] : undefined;
      if (typeof name !== 'string' || /^[A-Za-z_]\w*$/.test(name)) continue;
      complain(`${path}/${key}`, `'${name}' cannot be a variable: letters, digits and _, without $`);
    }
  }
}

function nearDo(definition: object): string {
  const near = Object.keys(definition).find((key) => key !== 'use' && suggestion(`${key} `, ['do ']) !== '');
  return near ? `; is '${near}' meant to be it?` : '';
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
