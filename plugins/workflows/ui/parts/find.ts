/** Workflows for the palette, by the beginning of their name. */
import { api, type FoundRecord } from 'patchbay-platform/ui';
import { listOf } from './list-answer.ts';

const MOST = 4;

export async function findWorkflows(
  text: string,
  signal: AbortSignal,
  may: (entry: string) => boolean,
): Promise<readonly FoundRecord[]> {
  if (!may('workflows.workflows')) return [];
  // Names are written in small letters, with dashes.
  const name = text.toLowerCase().replace(/\s+/g, '-');
  const { data } = await api.GET('/api/platform/workflows', { params: { query: { name, limit: MOST } }, signal });
  return (listOf(data)?.items ?? []).map(({ namespace, name }) => ({
    title: name,
    description: namespace,
    path: `/automations/workflows/${namespace}/${name}`,
  }));
}
