/** Inputs of functions that are the conversation's and not the model's: left out of what it reads, and filled in when it calls. */
import type { BoundTo } from '#core/kit.ts';
import type { FunctionDescription } from '#core/plugin.ts';
import type { ToolUse } from './types.ts';

export type Binds = Readonly<Record<string, BoundTo>>;

/** A schema without them. */
export function withoutBound(input: Readonly<Record<string, unknown>>, binds: Binds = {}): Record<string, unknown> {
  const schema: Record<string, unknown> = { ...input };
  const { properties, required } = schema;
  const isFree = ([name]: [string, unknown]) => !Object.hasOwn(binds, name);
  if (typeof properties === 'object' && properties !== null)
    schema.properties = Object.fromEntries(Object.entries(properties).filter(isFree));
  if (Array.isArray(required)) schema.required = required.filter((name) => !Object.hasOwn(binds, String(name)));
  return schema;
}

/** An input without them. */
export function freeOf(input: unknown, binds: Binds = {}): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([name]) => !Object.hasOwn(binds, name)));
}

/** The input with them, whatever the model has written there; what the conversation has nothing for is left out. */
export function withBound(input: unknown, binds: Binds | undefined, use: ToolUse): unknown {
  if (!binds) return input;
  const free = Array.isArray(input) ? [] : Object.entries(Object(freeOf(input, binds)));
  const bound = Object.entries(binds).flatMap(([name, to]) => {
    const value = boundTo(to, use);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries([...free, ...bound]);
}

/** Fields of the contact that are needed, all of them or none of it can be done. */
export function neededFields(binds: Binds = {}): string[] {
  const fields = Object.values(binds).flatMap((to) => (typeof to === 'object' ? [to.field] : []));
  return [...new Set(fields)];
}

/** Whether the conversation has all that is needed; in a group nobody's fields are told, since all read what comes of it. */
export function canBind(binds: Binds | undefined, { fields = {} }: ToolUse): boolean {
  return neededFields(binds).every((field) => noted(fields, field) !== '');
}

/** A person has to look at each call of it: it may be about somebody else. */
export function mustAsk({ binds, sameForAll = false }: Pick<FunctionDescription, 'binds' | 'sameForAll'>): boolean {
  return !sameForAll && Object.keys(binds ?? {}).length === 0;
}

function boundTo(to: BoundTo, { conversationId, contactId = '', robotId, room, member, fields = {} }: ToolUse) {
  if (typeof to === 'object') return noted(fields, to.field) || undefined;
  return { conversation: conversationId, contact: contactId, robot: robotId, room, member }[to];
}

/** Ids and addresses are texts, also where somebody has noted one as a number. */
function noted(fields: NonNullable<ToolUse['fields']>, name: string): string {
  return Object.hasOwn(fields, name) ? String(fields[name]).trim() : '';
}
