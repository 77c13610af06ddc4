/** What starts workflows by itself: events, here, and schedules. */
import { codeOf } from '#core/kit.ts';
import type { CloudEvent, Services } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import type { ActiveWorkflow, Definitions } from '../definitions/definitions.ts';
import { correlationIdIn, valuesOf } from '../engine/correlations.ts';
import type { Engine } from '../engine/engine.ts';
import { attributeOf, CORRELATION_ID, DEPTH, ROOT, subscribersOf } from '../engine/event-attributes.ts';
import type { EventInterest } from '../engine/event-interest.ts';
import { constantsOf, consume } from '../engine/matching.ts';
import { startKeyOf } from '../engine/start-key.ts';
import type { WorkflowTenants } from '../engine/tenants.ts';
import { type Scope, TENANT } from '../language/expressions.ts';
import { createEventJoin, type Together, together } from './event-join.ts';
import { createListeners } from './listeners.ts';
import { isPermanent } from './permanent-errors.ts';
import { createScheduleRunner, type ScheduleRunner } from './schedules.ts';

export interface Triggers extends ScheduleRunner {
  /** Starts what the event starts and wakes who waits for it. Again with the same event changes nothing. */
  deliver(event: CloudEvent): Promise<void>;
}

export function createTriggers(
  services: Services & {
    workflowDefinitions: Definitions;
    workflowEvents: EventInterest;
    workflowTenants: WorkflowTenants;
    workflowEngine: Engine;
    config: WorkflowsConfig;
  },
): Triggers {
  const { log, config, catalogue, workflowDefinitions, workflowEvents, workflowTenants } = services;
  const eventJoin = createEventJoin(services);
  const listeners = createListeners(services);
  return { ...createScheduleRunner(services), deliver };

  async function deliver(event: CloudEvent): Promise<void> {
    const failures: unknown[] = [];
    for (const workflow of await workflowDefinitions.startedBy(event.type, subscribersOf(event, catalogue))) {
      await offer(workflow, event).catch((error) => {
        if (!isOver(workflow, error)) failures.push(error);
      });
    }
    if (workflowEvents.isAwaited(event.type)) await listeners.wake(event);
    // The job tries again: what was started is not started twice.
    if (failures.length > 0) throw failures[0];
  }

  /** What would go wrong every time is told, and not tried again. */
  function isOver({ row }: ActiveWorkflow, error: unknown): boolean {
    if (codeOf(error) === 'tenant_not_active') return true;
    if (!isPermanent(error)) return false;
    log.warn({ workflow: `${row.namespace}/${row.name}`, err: error }, 'A workflow could not be started');
    return true;
  }

  async function offer(workflow: ActiveWorkflow, event: CloudEvent): Promise<void> {
    const strategy = workflow.definition.schedule?.on;
    if (!strategy) return;
    const depth = Number(attributeOf(event, DEPTH) ?? 0);
    const { row } = workflow;
    if (depth > config.maxDepth) {
      log.warn(
        { workflow: `${row.namespace}/${row.name}`, depth },
        'Events start workflows in a circle; this one is not started',
      );
      return;
    }
    if ((await workflowTenants.standingOf(row.tenant_id)) !== 'active') return;
    const isGathering = Boolean(strategy.all || strategy.until);
    const found = isGathering ? await eventJoin.add(workflow, event) : await alone(workflow, event);
    if (!found) return;
    const given = [event, ...found.events].map(givenIdOf).filter((id) => id !== null);
    await services.workflowEngine.start({
      workflow,
      input: found.events,
      origin: { kind: 'event', type: event.type, id: event.id },
      startKey: startKeyOf(`event:${row.id}`, event.source, event.id),
      correlationId: given[0] ?? null,
      correlations: [...given, ...valuesOf(found.correlation)],
      depth,
      rootId: rootIdOf(event),
      isDurable: true,
    });
    if (isGathering) await eventJoin.deleteCollected(workflow, event);
  }
}

async function alone({ row, definition }: ActiveWorkflow, event: CloudEvent): Promise<Together | null> {
  const strategy = definition.schedule?.on ?? {};
  const correlation = constantsOf(strategy);
  const scope: Scope = { [TENANT]: row.tenant_id };
  const result = await consume(strategy, { received: [] }, event, correlation, (one) => one.data, scope);
  return result && together(result.received, correlation);
}

function givenIdOf(event: CloudEvent): string | null {
  return correlationIdIn(attributeOf(event, CORRELATION_ID));
}

function rootIdOf(event: CloudEvent): string | null {
  const id = attributeOf(event, ROOT);
  return typeof id === 'string' ? id : null;
}
