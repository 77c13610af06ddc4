/** Workflows for the palette, by the beginning of their name. */
import { api, type FoundRecord } from 'patchbay-platform/ui';
import { listOf } from './list-answer.ts';

const MOST = 6;

export async function findWorkflows(text: string, signal: AbortSignal): Promise<readonly FoundRecord[]> {
  const { data } = await api.GET('/api/platform/workflows', { params: { query: { name: text, limit: MOST } }, signal });
  return (listOf(data)?.items ?? []).map(({ namespace, name }) => ({
    title: name,
    description: namespace,
    path: `/automations/workflows/${namespace}/${name}`,
  }));
}
