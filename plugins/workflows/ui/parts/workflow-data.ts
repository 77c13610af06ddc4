/** What pages read of a workflow: its answer, its row in the list, and what its definition says of itself. */
import { $api, isRecord } from 'patchbay-platform/ui';
import type { Address } from './changes.ts';
import { listOf } from './list-answer.ts';

export interface WorkflowView {
  namespace: string;
  name: string;
  version: string;
  enabled: boolean;
  /** No version of it is active yet: it cannot run. */
  draft: boolean;
  etag: string;
  definition: unknown;
  source: string;
  versions: readonly { version: string; revision: number; created_at: string | null }[];
}

/** Its row in the list of workflows, where its last run and its next one stand. */
export function useListedWorkflow({ namespace, name }: Address) {
  // Of all whose names begin so, it comes first.
  const query = { namespace, name, sort: 'name' as const, limit: 1 };
  const { data, ...rest } = $api.useQuery('get', '/api/platform/workflows', { params: { query } });
  const [first] = listOf(data)?.items ?? [];
  return { ...rest, data: first?.name === name ? first : undefined };
}

export function documentOf(definition: unknown): { title: string | null; summary: string | null } {
  const document = isRecord(definition) && isRecord(definition.document) ? definition.document : {};
  const { title, summary } = document;
  return { title: typeof title === 'string' ? title : null, summary: typeof summary === 'string' ? summary : null };
}

/** The schema of its input; null when it takes anything. */
export function inputSchemaOf(definition: unknown): Record<string, unknown> | null {
  const input = isRecord(definition) && isRecord(definition.input) ? definition.input : {};
  const schema = isRecord(input.schema) ? input.schema.document : null;
  return isRecord(schema) ? schema : null;
}

/** Names of the secrets that it uses. */
export function secretsOf(definition: unknown): readonly string[] {
  const use = isRecord(definition) && isRecord(definition.use) ? definition.use : {};
  return Array.isArray(use.secrets) ? use.secrets.filter((name) => typeof name === 'string') : [];
}

export type Schedule = { kind: 'cron' | 'every' | 'after' | 'on'; text: string };

/** What starts it by itself. */
export function schedulesOf(definition: unknown): Schedule[] {
  const schedule = isRecord(definition) && isRecord(definition.schedule) ? definition.schedule : {};
  return (['cron', 'every', 'after', 'on'] as const).flatMap((kind): Schedule[] => {
    const value = schedule[kind];
    if (value === undefined) return [];
    if (kind === 'on') return [{ kind, text: [...new Set(eventTypesIn(value))].join(', ') || '*' }];
    return [{ kind, text: durationText(value) }];
  });
}

function eventTypesIn(strategy: unknown): string[] {
  if (!isRecord(strategy)) return [];
  const filters = [strategy.one, strategy.any, strategy.all].flat().filter(isRecord);
  return filters.flatMap((filter) =>
    isRecord(filter.with) && typeof filter.with.type === 'string' ? [filter.with.type] : [],
  );
}

function durationText(value: unknown): string {
  if (!isRecord(value)) return String(value);
  return Object.entries(value)
    .map(([unit, amount]) => `${amount} ${unit}`)
    .join(' ');
}
