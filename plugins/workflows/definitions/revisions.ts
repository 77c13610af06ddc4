/** Revisions: the stored texts of one version of a workflow. */
import type { Transaction } from '#core/plugin.ts';
import type { Definition } from '../language/definition.ts';
import { isSamePublisher, type PublisherColumns } from './publishers.ts';
import type { WorkflowRow } from './tables.ts';

/** The same text again, of the same publisher, is the same revision. */
export async function storeRevision(
  trx: Transaction,
  row: WorkflowRow,
  {
    definition,
    source,
    publisher,
    now,
  }: { definition: Definition; source: string; publisher: PublisherColumns; now: number },
): Promise<{ id: number }> {
  const { version } = definition.document;
  const latest = await trx('workflows_definitions')
    .where({ workflow_id: row.id, version })
    .orderBy('revision', 'desc')
    .first();
  if (latest?.source === source && isSamePublisher(latest, publisher)) return latest;
  const [stored] = await trx('workflows_definitions')
    .insert({
      workflow_id: row.id,
      version,
      revision: (latest?.revision ?? 0) + 1,
      source,
      definition: JSON.stringify(definition),
      ...publisher,
      created_at: now,
    })
    .returning('id');
  if (!stored) throw new Error('The definition was not stored');
  return stored;
}
