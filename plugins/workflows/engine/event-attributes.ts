/** Extension attributes (CloudEvents §3.1: names in lower case) by which events carry on what workflows need to know. */
import type { Catalogue, CloudEvent } from '#core/plugin.ts';

/** Lifecycle events of executions (specification, "Lifecycle Events"). */
export const LIFECYCLE = 'io.serverlessworkflow.';
/** How deep workflows have started one another through events: a circle of events ends at the limit. */
export const DEPTH = 'patchbaydepth';
/** The execution that a family of them comes from, so that one cannot multiply through events without end. */
export const ROOT = 'patchbayroot';
/** The id by which the executions of one matter are found. */
export const CORRELATION_ID = 'correlationid';

/** What plugins and the engine report is true because they say so; nobody else may use these types. */
export function isReported(type: string, { events }: Pick<Catalogue, 'events'>): boolean {
  return type.startsWith(LIFECYCLE) || Object.hasOwn(events, type);
}

/**
 * The tenants whose workflows hear it. The platform's hear what is reported, of all tenants; what a tenant says itself
 * reaches its own alone, so that nobody has a workflow of the operator act on what they made up.
 */
export function subscribersOf(event: CloudEvent, catalogue: Pick<Catalogue, 'events'>): string[] {
  const { tenantid = '' } = event;
  return tenantid !== '' && isReported(event.type, catalogue) ? ['', tenantid] : [tenantid];
}

export function attributeOf(event: CloudEvent, name: string): unknown {
  return (event as CloudEvent & Record<string, unknown>)[name];
}
