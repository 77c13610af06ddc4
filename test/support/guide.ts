/** Reads the examples of the language guide: a definition, then labelled blocks with what goes in and what comes out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../scripts/setup.mjs';

export interface Example {
  /** File and line, for messages. */
  place: string;
  /** YAML as printed. */
  source: string;
  definition: any;
  input?: unknown;
  /** Arrive one after another while it waits, or start it. */
  events: any[];
  decision?: { approved: boolean; comment?: string };
  secrets: Record<string, unknown>;
  output?: unknown;
  error?: Record<string, unknown>;
}

/** A label on a line of its own says what the next JSON block is. */
const LABELS = ['Input', 'Event', 'Events', 'Decision', 'Secrets', 'Output', 'Error'];
const BLOCK = /(?:^(\w+):\n\n?)?^```(yaml|json)\n([\s\S]*?)^```$/gm;

export function guidePages(): string[] {
  return readdirSync(join(root, 'docs/workflows'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/workflows/${name}`);
}

/** Throws for a block with a label that nobody knows. */
export function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8');
  const examples: Example[] = [];
  for (const { 1: label, 2: language, 3: block = '', index } of text.matchAll(BLOCK)) {
    const place = `${page}:${text.slice(0, index).split('\n').length}`;
    if (language === 'yaml') {
      if (/^document:/m.test(block)) {
        examples.push({ place, source: block, definition: parse(block), events: [], secrets: {} });
      }
      continue;
    }
    const example = examples.at(-1);
    if (!label) continue;
    if (!example || !LABELS.includes(label)) throw new Error(`${place}: a block named '${label}' has no place here`);
    const value = JSON.parse(block);
    if (label === 'Event' || label === 'Events') example.events.push(...(Array.isArray(value) ? value : [value]));
    else Object.assign(example, { [label.toLowerCase()]: value });
  }
  return examples;
}

/** A JSON pointer's worth of everything that a definition uses, in words of the DSL: `call: http`, `listen: one`. */
export function featuresOf(definition: any): Set<string> {
  const found = new Set<string>();
  const { schedule = {}, use = {}, timeout, input, output, do: list, document } = definition;
  for (const unit of Object.keys(schedule)) found.add(`schedule: ${unit}`);
  for (const unit of Object.keys(use)) found.add(`use: ${unit}`);
  for (const name of Object.keys(document.metadata?.patchbay ?? {})) found.add(`patchbay: ${name}`);
  for (const policy of Object.values<object>(use.authentications ?? {})) {
    found.add(`authentication: ${Object.keys(policy)[0]}`);
  }
  if (timeout) found.add('timeout of the workflow');
  data(input, 'input');
  data(output, 'output');
  tasks(list);
  for (const task of Object.values(use.functions ?? {})) one(task);
  for (const extension of use.extensions ?? []) {
    for (const { before, after } of Object.values<any>(extension)) tasks([...(before ?? []), ...(after ?? [])]);
  }
  return found;

  function tasks(given: any[] = []): void {
    for (const item of given) for (const task of Object.values(item)) one(task);
  }
  function data(rule: any, side: string): void {
    if (!rule) return;
    found.add(side);
    if (rule.schema) found.add(`${side}: schema`);
  }
  function strategy(given: any, where: string): void {
    for (const name of ['one', 'any', 'all', 'until']) if (given?.[name] !== undefined) found.add(`${where}: ${name}`);
    for (const filter of [given?.one, ...(given?.any ?? []), ...(given?.all ?? [])]) {
      if (filter?.correlate) found.add(`${where}: correlate`);
    }
  }
  function one(task: any): void {
    for (const side of ['input', 'output', 'export']) data(task[side], side);
    for (const name of ['if', 'then', 'timeout', 'while']) if (task[name] !== undefined) found.add(name);
    if (task.for) found.add('for');
    else {
      for (const name of ['do', 'set', 'switch', 'raise', 'wait', 'emit', 'fork', 'listen', 'run', 'try'])
        if (task[name] !== undefined) found.add(name);
    }
    if (task.call) {
      const name = task.call.includes('.') && task.call !== 'workflows.approve' ? 'function of a plugin' : task.call;
      found.add(`call: ${use.functions?.[task.call] ? 'own function' : name}`);
    }
    if (task.fork?.compete) found.add('fork: compete');
    if (task.listen) strategy(task.listen.to, 'listen');
    if (task.foreach) found.add('listen: foreach');
    if (task.catch?.retry) found.add('try: retry');
    for (const kind of ['workflow', 'script']) if (task.run?.[kind]) found.add(`run: ${kind}`);
    tasks(task.do);
    tasks(task.try);
    tasks(task.catch?.do);
    tasks(task.fork?.branches);
    tasks(task.foreach?.do);
  }
}
