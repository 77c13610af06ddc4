/** The input of an execution for who wants to edit it. */
import { api } from 'patchbay-platform/ui';

/** All of it: the view may have its beginning alone. */
export async function wholeInput(id: string): Promise<unknown> {
  const { data } = await api.GET('/api/platform/executions/{id}/data', {
    params: { path: { id }, query: { of: 'input' } },
    parseAs: 'text',
  });
  return JSON.parse(String(data));
}
