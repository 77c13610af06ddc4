/** Fields that a step needs and that nobody has filled in: such a workflow is not published from the editor. */
import { isRecord } from 'patchbay-platform/ui';
import { flatTasks, type Kind, parseTasks, type TaskNode } from '../../graph/index.ts';
import type { WorkflowFunction } from '../model/context.ts';
import { parsed } from '../model/head.ts';
import { NOTHING_SAID } from '../model/new-task.ts';
import { schemaOfCall } from './call-schema.ts';
import { valueAtPointer } from './scope.ts';
import { type FieldTexts, kindSchema } from './task-schemas.ts';

export interface MissingField {
  task: TaskNode;
  /** As people call it. */
  field: string;
  /** In the body of the task. */
  path: readonly string[];
}

export function missingFields(
  text: string,
  functions: readonly WorkflowFunction[],
  texts: FieldTexts,
): readonly MissingField[] {
  const tree = parseTasks(text);
  const definition = parsed(text);
  return (tree ? flatTasks(tree) : []).flatMap((task) => {
    const body = valueAtPointer(definition, task.pointer);
    if (!isRecord(body) || task.kind === null) return [];
    return emptyOf(task.kind, body).map((one) => ({ task, ...one }));
  });

  function emptyOf(kind: Kind, body: Record<string, unknown>): Omit<MissingField, 'task'>[] {
    if (kind === 'call') return emptyIn(schemaOfCall(String(body.call), functions, texts), body.with ?? {}, ['with']);
    if (kind === 'switch')
      return unsaidCases(body.switch).map((path) => ({
        field: texts.title('when'),
        path: ['switch', ...path, 'when'],
      }));
    return emptyIn(kindSchema(kind, texts), body, []);
  }
}

export function hasNoStep(text: string): boolean {
  return parseTasks(text)?.tasks.length === 0;
}

/** Cases that compare nothing yet. */
function unsaidCases(cases: unknown): string[][] {
  return (Array.isArray(cases) ? cases : []).flatMap((item, index) => {
    const [name = '', rule] = Object.entries(isRecord(item) ? item : {})[0] ?? [];
    return isRecord(rule) && rule.when === NOTHING_SAID ? [[String(index), name]] : [];
  });
}

/** An expression may give all that is needed: only what is written as fields is looked at. */
function emptyIn(schema: unknown, value: unknown, path: readonly string[]): Omit<MissingField, 'task'>[] {
  if (!isRecord(schema) || !isRecord(schema.properties) || !isRecord(value)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([name, field]) => {
    const held = value[name];
    const at = [...path, name];
    if (!isEmpty(held)) return emptyIn(field, held, at);
    const isNeeded = required.includes(name) && !(isRecord(field) && 'default' in field);
    return isNeeded ? [{ field: titleOf(field, name), path: at }] : [];
  });
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function titleOf(field: unknown, name: string): string {
  return isRecord(field) && typeof field.title === 'string' ? field.title : name;
}
