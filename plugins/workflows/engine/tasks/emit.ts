/** `emit`: a CloudEvent that becomes a fact with the checkpoint of its task. */
import { sha256 } from '#core/kit.ts';
import type { CloudEvent } from '#core/plugin.ts';
import { evaluateDeep } from '../../language/expressions.ts';
import { fault } from '../../language/faults.ts';
import { correlationIdOf } from '../correlations.ts';
import { CORRELATION_ID, DEPTH, isReported, ROOT } from '../event-attributes.ts';
import type { TaskKind } from '../model.ts';
import { rootOf } from '../parent-child.ts';

export const emitTask: TaskKind = async ({ task, run, input, scope, reference, instance }) => {
  const given = (await evaluateDeep(task.emit?.event.with ?? {}, input, scope)) as Record<string, unknown>;
  const { type, source } = given;
  if (typeof type !== 'string' || type.length > 200)
    throw fault('validation', 'An event needs a type of at most 200 characters');
  // What a plugin reports is true because the plugin says so: its subscribers believe it.
  if (isReported(type, run.world.services.catalogue)) {
    throw fault('authorization', `Events of type ${type} come from the platform alone`);
  }
  const { execution } = run;
  await run.world.services.workflowPublishers.refuseUnlessMayRun(execution);
  const correlationId = correlationIdOf(execution);
  const event: CloudEvent & Record<string, unknown> = {
    ...(correlationId && { [CORRELATION_ID]: correlationId }),
    ...given,
    specversion: '1.0',
    // A repeat after a crash is the same event, which its receivers recognise.
    id: typeof given.id === 'string' ? given.id : uuidOf(`${execution.id} ${reference} ${instance}`),
    source: typeof source === 'string' ? source : `patchbay/workflows/${run.definition.document.name}`,
    type,
    time: typeof given.time === 'string' ? given.time : new Date(run.world.services.clock.now()).toISOString(),
    datacontenttype: 'application/json',
    ...(typeof given.datacontenttype === 'string' && { datacontenttype: given.datacontenttype as 'application/json' }),
    data: given.data ?? null,
    [DEPTH]: execution.depth + 1,
    [ROOT]: rootOf(execution),
  };
  // Whose fact it is, is not for the workflow to say.
  delete event.tenantid;
  if (execution.tenant_id) event.tenantid = execution.tenant_id;
  run.publish({ type, isPrivate: false, event: () => event });
  return { output: event };
};

/** A UUID (RFC 9562 §5.8) that is always the same for the same text. */
function uuidOf(text: string): string {
  const hex = sha256(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
