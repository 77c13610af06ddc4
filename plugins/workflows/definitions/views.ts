/** Workflows on the wire, as the contract of the platform's API fixes them. */
import Type from 'typebox';
import { versionOf } from '#core/plugin.ts';
import type { WorkflowRow } from './tables.ts';

export const PublishedView = Type.Object(
  {
    namespace: Type.String(),
    name: Type.String(),
    version: Type.String(),
    enabled: Type.Boolean(),
    draft: Type.Boolean({ description: 'No version of it is active yet' }),
    etag: Type.String({ description: 'Of the current workflow, for `If-Match`' }),
  },
  { examples: [{ namespace: 'guide', name: 'hello', version: '1.0.0', enabled: true, draft: false, etag: 'qg4d…' }] },
);

export function publishedView(row: WorkflowRow, version: string) {
  const { namespace, name, enabled, active_id } = row;
  return { namespace, name, version, enabled: enabled === 1, draft: active_id === null, etag: versionOf(row) };
}
