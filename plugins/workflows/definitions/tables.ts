/** Rows of workflows: their definitions, what starts them by itself, and their secrets. */
import type { OwnedTables } from '#core/plugin.ts';

export type HookDoor = 'closed' | 'signed' | 'open';

export interface WorkflowRow {
  id: number;
  /** '' is the platform itself. */
  tenant_id: string;
  namespace: string;
  name: string;
  /** Null while there are drafts alone. */
  active_id: number | null;
  enabled: number;
  /** JSON: `document.tags` of the active definition. */
  tags: string;
  /** To whom its address under /hooks is open: to nobody without credentials, to who signs, or to everybody. */
  hook: HookDoor;
  /** Whether it came from the folder of definitions. */
  from_folder: number;
  created_at: number;
  updated_at: number;
}

export interface DefinitionRow {
  id: number;
  workflow_id: number;
  version: string;
  /** A version that is published again, changed, gets the next one. */
  revision: number;
  /** As it was given, YAML or JSON. */
  source: string;
  /** JSON. */
  definition: string;
  /** The user that published it; null: the operator, 0: somebody whose account is deleted. */
  published_by: number | null;
  /** The API key that they did it with. */
  published_key: string | null;
  /** JSON list of that key's scopes; null: all. */
  published_scopes: string | null;
  created_at: number;
}

/** An event type that may start a workflow which is switched on; '*' for any. */
export interface ScheduleTypeRow {
  type: string;
  workflow_id: number;
}

export interface ScheduleRow {
  workflow_id: number;
  next_at: number;
  last_at: number | null;
}

export interface SecretRow {
  id: number;
  tenant_id: string;
  name: string;
  /** Sealed JSON. */
  value: string;
  updated_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      workflows_workflows: WorkflowRow;
      workflows_definitions: DefinitionRow;
      workflows_schedule_types: ScheduleTypeRow;
      workflows_schedules: ScheduleRow;
      workflows_secrets: SecretRow;
    }
  }
}

/** Whose they are. */
export const definitionTables = {
  workflows_workflows: { 'tenant.deleted': { by: 'executions/erasure.ts' } },
  workflows_secrets: { 'tenant.deleted': 'tenant_id' },
} satisfies OwnedTables;
