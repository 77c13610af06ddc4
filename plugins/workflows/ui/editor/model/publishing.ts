/** Writing the workflow down at the server: never over what somebody else has written meanwhile. */
import { ApiError, api, ifVersion } from 'patchbay-platform/ui';

export interface Published {
  namespace: string;
  name: string;
  version: string;
  etag: string;
}

/** Gives null when somebody else was faster. `etag` is that of the workflow that the text began with; null for a new one. */
export async function publish(definition: string, etag: string | null, isDraft: boolean): Promise<Published | null> {
  const headers = etag === null ? { 'If-None-Match': '*' } : ifVersion(etag);
  try {
    const body = { definition, ...(isDraft && { draft: true }) };
    const { data } = await api.POST('/api/platform/workflows', { body, headers });
    return data ?? null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 412) return null;
    throw error;
  }
}

/** The workflow as it stands now. */
export async function current({ namespace, name }: { namespace: string; name: string }) {
  const params = { path: { namespace, name } };
  const { data } = await api.GET('/api/platform/workflows/{namespace}/{name}', { params });
  return data ?? null;
}
