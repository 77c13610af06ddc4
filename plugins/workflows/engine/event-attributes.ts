/** Extension attributes (CloudEvents §3.1: names in lower case) by which events carry on what workflows need to know. */
import type { CloudEvent } from '#core/events/events.ts';

/** How deep workflows have started one another through events: a circle of events ends at the limit. */
export const DEPTH = 'patchbaydepth';
/** The id by which the executions of one matter are found. */
export const CORRELATION_ID = 'correlationid';

export function attributeOf(event: CloudEvent, name: string): unknown {
  return (event as CloudEvent & Record<string, unknown>)[name];
}
