/** Inputs of functions that are the conversation's and not the model's: left out of what it reads, and filled in when it calls. */
import type { BoundTo } from '#core/kit.ts';
import type { FunctionDescription } from '#core/plugin.ts';
import type { ToolUse } from './types.ts';

/** The schema without them. */
export function withoutBound({ input, binds = {} }: FunctionDescription): Record<string, unknown> {
  const schema: Record<string, unknown> = { ...input };
  const { properties, required } = schema;
  const isFree = ([name]: [string, unknown]) => !Object.hasOwn(binds, name);
  if (typeof properties === 'object' && properties !== null)
    schema.properties = Object.fromEntries(Object.entries(properties).filter(isFree));
  if (Array.isArray(required)) schema.required = required.filter((name) => !Object.hasOwn(binds, String(name)));
  return schema;
}

/** The input with them, whatever the model has written there. */
export function withBound(input: unknown, binds: FunctionDescription['binds'], use: ToolUse): unknown {
  if (!binds) return input;
  const own = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
  const bound = Object.entries(binds).map(([name, to]) => [name, idOf(to, use)]);
  return { ...own, ...Object.fromEntries(bound) };
}

function idOf(to: BoundTo, { conversationId, contactId = '', robotId }: ToolUse): string {
  return { conversation: conversationId, contact: contactId, robot: robotId }[to];
}
