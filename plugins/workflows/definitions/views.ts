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
    etag: Type.String({ description: 'Of the current workflow, for `If-Match`' }),
  },
  { examples: [{ namespace: 'guide', name: 'hello', version: '1.0.0', enabled: true, etag: 'qg4d…' }] },
);

export function publishedView(row: WorkflowRow, version: string) {
  const { namespace, name, enabled } = row;
  return { namespace, name, version, enabled: enabled === 1, etag: versionOf(row) };
}
