/** Workflows and their definitions: publishing, versions, switching on and off. */
import type { Precondition, Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuditLog } from '#plugins/auth/contract.ts';
import type { WorkflowsConfig } from '../config.ts';
import { workflowErrors } from '../errors.ts';
import { type Definition, hookDoorOf } from '../language/definition.ts';
import { typesOf } from '../language/event-filters.ts';
import { CHANGED, firstRunAfter, timesOf } from '../language/schedule-times.ts';
import type { DefinitionError } from '../language/validate.ts';
import { validateDefinition } from '../language/validator.ts';
import { publisherColumns, withinTenant } from './publishers.ts';
import { storeRevision } from './revisions.ts';
import type { DefinitionRow, WorkflowRow } from './tables.ts';

/** A workflow with its active definition. */
export interface ActiveWorkflow {
  row: WorkflowRow;
  definitionId: number;
  version: string;
  definition: Definition;
}

export interface Publication {
  enabled?: boolean;
  /** Stored without becoming the active version. */
  draft?: boolean;
  fromFolder?: boolean;
  /** Asked of the workflow as it stands; of an empty row when there is none yet. */
  unchanged?: Precondition;
}

export interface WorkflowChange {
  enabled?: boolean;
  /** Which of its versions becomes the active one. */
  version?: string;
}

/** Whose workflows: a tenant's, or the platform's with ''. */
export interface Definitions {
  byId(definitionId: number): Promise<ActiveWorkflow & { source: string }>;
  /** What is wrong with it; empty when it is valid. */
  check(source: string | object, tenantId?: string): Promise<DefinitionError[]>;
  /** Throws `invalid_definition` with `errors`, `insufficient_scope`, `forbidden` for a function that the publisher may not call. */
  publish(
    tenantId: string,
    source: string | object,
    wish: Publication,
    publisher: Principal | null,
  ): Promise<ActiveWorkflow>;
  /** With its text. Throws `workflow_not_found`, `version_not_found`. */
  get(
    tenantId: string,
    namespace: string,
    name: string,
    version?: string,
  ): Promise<ActiveWorkflow & { source: string }>;
  /**
   * The one that /hooks leads to. For strangers, of those that are open to them: the tenant's that is named, else the
   * platform's, else the oldest of that name. Throws `hook_not_found`.
   */
  forHook(namespace: string, name: string, tenantId: string | undefined, isStranger: boolean): Promise<ActiveWorkflow>;
  /** Those that anybody may start: how many, and the first few names. */
  openHooks(): Promise<{ total: number; first: string[] }>;
  versions(row: WorkflowRow): Promise<Pick<DefinitionRow, 'id' | 'version' | 'revision' | 'created_at'>[]>;
  /** All of them by namespace and name. */
  list(tenantId: string): Promise<WorkflowRow[]>;
  /** All active ones that are switched on, of all tenants or of one: for triggers and tools. */
  active(tenantId?: string): Promise<ActiveWorkflow[]>;
  /** Those of these tenants that an event of the type may start. */
  startedBy(type: string, tenantIds: readonly string[]): Promise<ActiveWorkflow[]>;
  /** Both or nothing. Throws `workflow_not_found`, `version_not_found`, and what `unchanged` does. */
  change(
    tenantId: string,
    namespace: string,
    name: string,
    wish: WorkflowChange,
    unchanged?: Precondition,
  ): Promise<void>;
  /** With all that belongs to it. Throws `workflow_not_found`, and what `unchanged` does. */
  remove(tenantId: string, namespace: string, name: string, unchanged?: Precondition): Promise<void>;
  /** Hides those of a tenant that is gone, and gives their ids: nothing of them begins from here on. */
  hideOfTenant(tenantId: string): Promise<number[]>;
  /** Told when definitions have changed; whoever changed them waits until it is done. */
  onChange(fn: () => void | Promise<void>): void;
  /** Said once, by who stops what runs of a hidden workflow and removes it; whoever removes it waits until it is done. */
  onRemove(fn: (workflowId: number) => Promise<void>): void;
}

const MAX_KEPT = 500;
/** Open hooks that are told by name. */
const MOST_NAMED = 3;
/** Stands for the tenant of a workflow that is being removed: nobody finds it, and its name is free. */
export const REMOVED = 'removed';

/** What stands beside the name of a workflow, so that it is found without reading its definition. */
function described(definition: Definition): Pick<WorkflowRow, 'tags' | 'hook'> {
  return { tags: JSON.stringify(definition.document.tags ?? {}), hook: hookDoorOf(definition) };
}

export function createDefinitions({
  auditLog,
  db,
  clock,
  functions,
  notices,
  config,
}: Services & { auditLog: AuditLog; config: WorkflowsConfig }): Definitions {
  const kept = new Map<number, Definition>();
  const listeners: (() => void | Promise<void>)[] = [];
  let removeHidden: (workflowId: number) => Promise<void> = nobodyRemoves;
  const hooks = new Map<string, ActiveWorkflow>();
  let changes = 0;
  return {
    check,
    publish,
    get,
    forHook,
    openHooks,
    byId,
    versions,
    list,
    active,
    startedBy,
    change,
    remove,
    hideOfTenant,
    onChange: (fn) => void listeners.push(fn),
    onRemove(fn) {
      removeHidden = fn;
    },
  };

  function validated(tenantId: string, source: string | object) {
    const names = functions.list().map(({ name }) => name);
    return validateDefinition(tenantId, { definition: source, functions: names, allowShell: config.shell });
  }

  async function check(source: string | object, tenantId = ''): Promise<DefinitionError[]> {
    const result = await validated(tenantId, source);
    return 'errors' in result ? result.errors : [];
  }

  async function publish(tenantId: string, given: string | object, wish: Publication, publisher: Principal | null) {
    const result = await validated(tenantId, given);
    if ('errors' in result) throw workflowErrors.invalid_definition({ extra: { errors: result.errors } });
    const { definition, source, calls } = result;
    if (publisher) for (const name of calls) checkCall(name, publisher);
    const { namespace, name, version } = definition.document;
    const now = clock.now();
    const published = await db.transaction(async (trx) => {
      const key = { tenant_id: tenantId, namespace, name };
      const made = await trx('workflows_workflows')
        .insert({ ...key, enabled: Number(wish.enabled ?? true), active_id: null, created_at: now, updated_at: now })
        .onConflict(['tenant_id', 'namespace', 'name'])
        .ignore()
        .returning('id');
      const row = await trx('workflows_workflows').where(key).forUpdate().first();
      if (!row) throw new Error('The workflow was not stored');
      wish.unchanged?.(made.length > 0 ? {} : row);
      const stored = await storeRevision(trx, row, { definition, source, publisher: publisherColumns(publisher), now });
      const patch = {
        ...(!wish.draft && { active_id: stored.id, ...described(definition) }),
        ...(wish.enabled !== undefined && { enabled: Number(wish.enabled) }),
        ...(wish.fromFolder !== undefined && { from_folder: Number(wish.fromFolder) }),
        updated_at: now,
      };
      await trx('workflows_workflows').where({ id: row.id }).update(patch);
      if (publisher && !wish.draft) {
        const about = { tenantId, targetType: 'workflow', targetId: String(row.id), detail: { version } };
        await auditLog.record({ action: 'workflow.published', actor: publisher, ...about }, trx);
      }
      const changedRow = { ...row, ...patch };
      await reschedule(trx, row, changedRow);
      return { row: changedRow, definitionId: stored.id, version, definition };
    });
    await changed();
    return published;
  }

  /** A schedule that goes on is left alone, however often the workflow is published or switched on again. */
  async function reschedule(trx: Transaction, before: WorkflowRow, after: WorkflowRow): Promise<void> {
    const [earlier, definition] = [await runningIn(trx, before), await runningIn(trx, after)];
    await noteTypes(trx, after.id, definition);
    await notices.send(trx, CHANGED);
    if (timesOf(earlier) === timesOf(definition)) return;
    const next_at = definition && firstRunAfter(definition, clock.now());
    if (next_at === null) {
      await trx('workflows_schedules').where({ workflow_id: after.id }).delete();
      return;
    }
    await trx('workflows_schedules')
      .insert({ workflow_id: after.id, next_at, last_at: null })
      .onConflict('workflow_id')
      .merge({ next_at });
  }

  /** The types of events that may start it, so that who makes an event finds out whether anybody wants it. */
  async function noteTypes(trx: Transaction, workflow_id: number, definition: Definition | null): Promise<void> {
    const types = definition?.schedule?.on ? typesOf(definition.schedule.on) : [];
    await trx('workflows_schedule_types').where({ workflow_id }).delete();
    if (types.length > 0) await trx('workflows_schedule_types').insert(types.map((type) => ({ type, workflow_id })));
  }

  /** The definition that is started by itself; null while the workflow is off. */
  async function runningIn(trx: Transaction, { enabled, active_id }: WorkflowRow): Promise<Definition | null> {
    const row = enabled && active_id && (await trx('workflows_definitions').where({ id: active_id }).first());
    return row ? parsed(row) : null;
  }

  /** A workflow may do no more than who published it. */
  function checkCall(name: string, publisher: Principal): void {
    if (functions.list().some((one) => one.name === name)) functions.checkCall(name, withinTenant(publisher));
  }

  async function rowOf(tenantId: string, namespace: string, name: string): Promise<WorkflowRow> {
    const row = await db.read('workflows_workflows').where({ tenant_id: tenantId, namespace, name }).first();
    if (!row) throw workflowErrors.workflow_not_found();
    return row;
  }

  async function get(tenantId: string, namespace: string, name: string, version?: string) {
    const row = await rowOf(tenantId, namespace, name);
    const query = db.read('workflows_definitions').where({ workflow_id: row.id });
    if (version !== undefined && version !== 'latest') query.where({ version }).orderBy('revision', 'desc');
    else if (row.active_id !== null) query.where({ id: row.active_id });
    else query.orderBy('id', 'desc');
    const found = await query.first();
    if (!found) throw workflowErrors.version_not_found();
    const definition = parsed(found);
    return { row, definitionId: found.id, version: found.version, definition, source: found.source };
  }

  async function forHook(namespace: string, name: string, tenantId: string | undefined, isStranger: boolean) {
    const key = JSON.stringify([namespace, name, tenantId ?? null, isStranger]);
    const found = hooks.get(key);
    if (found) return found;
    const before = changes;
    const fresh = await readForHook(namespace, name, tenantId, isStranger);
    if (hooks.size >= MAX_KEPT) hooks.clear();
    // On PostgreSQL another replica may change it.
    if (db.soleWriter && changes === before) hooks.set(key, fresh);
    return fresh;
  }

  async function readForHook(namespace: string, name: string, tenantId: string | undefined, isStranger: boolean) {
    const query = db.read('workflows_workflows').where({ namespace, name }).whereNotNull('active_id');
    if (tenantId !== undefined) query.where({ tenant_id: tenantId });
    if (isStranger) query.whereNot({ hook: 'closed' });
    // No tenant takes what is sent to the platform by having the name first.
    const row = await query.orderByRaw("case when tenant_id = '' then 0 else 1 end, id").first();
    if (!row || row.active_id === null) throw workflowErrors.hook_not_found();
    return activeOf(row, row.active_id);
  }

  async function openHooks() {
    const open = db.read('workflows_workflows').where({ hook: 'open', enabled: 1 }).whereNotNull('active_id');
    const counted = await open.clone().count({ total: '*' }).first();
    const first = await open.clone().orderBy('id').limit(MOST_NAMED).select('namespace', 'name');
    return { total: Number(counted?.total ?? 0), first: first.map((row) => `${row.namespace}/${row.name}`) };
  }

  async function byId(definitionId: number): Promise<ActiveWorkflow & { source: string }> {
    const found = await db.read('workflows_definitions').where({ id: definitionId }).first();
    const row = found && (await db.read('workflows_workflows').where({ id: found.workflow_id }).first());
    if (!found || !row) throw workflowErrors.workflow_not_found();
    return { row, definitionId, version: found.version, definition: parsed(found), source: found.source };
  }

  async function activeOf(row: WorkflowRow, definitionId: number): Promise<ActiveWorkflow> {
    const cached = kept.get(definitionId);
    if (cached) return { row, definitionId, version: cached.document.version, definition: cached };
    const found = await db.read('workflows_definitions').where({ id: definitionId }).first();
    if (!found) throw workflowErrors.workflow_not_found();
    return { row, definitionId, version: found.version, definition: parsed(found) };
  }

  /** Parsed once: expressions and schemas are kept by the object that they stand in. */
  function parsed({ id, definition }: Pick<DefinitionRow, 'id' | 'definition'>): Definition {
    const found = kept.get(id);
    if (found) return found;
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value ?? 0);
    const made: Definition = JSON.parse(definition);
    kept.set(id, made);
    return made;
  }

  async function versions(row: WorkflowRow) {
    return db
      .read('workflows_definitions')
      .where({ workflow_id: row.id })
      .orderBy('id', 'desc')
      .limit(200)
      .select('id', 'version', 'revision', 'created_at');
  }

  async function list(tenantId: string): Promise<WorkflowRow[]> {
    return db.read('workflows_workflows').where({ tenant_id: tenantId }).orderBy(['namespace', 'name']);
  }

  async function active(tenantId?: string): Promise<ActiveWorkflow[]> {
    const query = db.read('workflows_workflows').where({ enabled: 1 }).whereNotNull('active_id').orderBy('id');
    if (tenantId !== undefined) query.where({ tenant_id: tenantId });
    const rows = await query;
    return Promise.all(rows.map((row) => activeOf(row, row.active_id ?? 0)));
  }

  async function startedBy(type: string, tenantIds: readonly string[]): Promise<ActiveWorkflow[]> {
    const asking = db.read('workflows_schedule_types').whereIn('type', [type, '*']).select('workflow_id');
    const rows = await db
      .read('workflows_workflows')
      .whereIn('id', asking)
      .whereIn('tenant_id', [...tenantIds])
      .where({ enabled: 1 })
      .whereNotNull('active_id')
      .orderBy('id');
    return Promise.all(rows.map((row) => activeOf(row, row.active_id ?? 0)));
  }

  async function change(
    tenantId: string,
    namespace: string,
    name: string,
    { enabled, version }: WorkflowChange,
    unchanged?: Precondition,
  ): Promise<void> {
    const target = version === undefined ? null : await get(tenantId, namespace, name, version);
    const { id } = target?.row ?? (await rowOf(tenantId, namespace, name));
    const patch = {
      ...(target && { active_id: target.definitionId, ...described(target.definition) }),
      ...(enabled !== undefined && { enabled: Number(enabled) }),
    };
    await db.transaction(async (trx) => {
      const row = await locked(trx, id, unchanged);
      const after = { ...row, ...patch, updated_at: clock.now() };
      await trx('workflows_workflows')
        .where({ id })
        .update({ ...patch, updated_at: after.updated_at });
      await reschedule(trx, row, after);
    });
    await changed();
  }

  async function locked(trx: Transaction, id: number, unchanged?: Precondition): Promise<WorkflowRow> {
    const row = await trx('workflows_workflows').where({ id }).forUpdate().first();
    if (!row) throw workflowErrors.workflow_not_found();
    unchanged?.(row);
    return row;
  }

  async function remove(tenantId: string, namespace: string, name: string, unchanged?: Precondition): Promise<void> {
    const row = await rowOf(tenantId, namespace, name);
    await db.transaction(async (trx) => {
      await locked(trx, row.id, unchanged);
      await hide(trx, row.id);
    });
    await changed();
    await removeHidden(row.id);
  }

  /** The rows of those that a crash leaves hidden go with the next pruning. */
  async function hideOfTenant(tenantId: string): Promise<number[]> {
    const ids: number[] = await db
      .write('workflows_workflows')
      .where({ tenant_id: tenantId })
      .orderBy('id')
      .pluck('id');
    for (const id of ids) await db.transaction((trx) => hide(trx, id));
    await changed();
    return ids;
  }

  async function changed(): Promise<void> {
    changes++;
    hooks.clear();
    await Promise.all(listeners.map((fn) => fn()));
  }
}

/** Switches it off and hides it. */
async function hide(trx: Transaction, id: number): Promise<void> {
  const hidden = { tenant_id: REMOVED, namespace: '', name: String(id), active_id: null, enabled: 0 };
  await trx('workflows_workflows').where({ id }).update(hidden);
  await trx('workflows_schedules').where({ workflow_id: id }).delete();
  await trx('workflows_schedule_types').where({ workflow_id: id }).delete();
  await trx('workflows_gathered').where({ workflow_id: id }).delete();
}

/** Whoever calls before the parts stand together has made a mistake. */
async function nobodyRemoves(): Promise<void> {
  throw new Error('Nobody has said who removes workflows');
}
