/** After a backup took the place of an installation: what the bucket has noted of that one says nothing of the new one. */
import { messageOf } from '../errors.ts';
import { createOutbound } from '../outbound/outbound.ts';
import type { Services } from '../services.ts';
import { openStore } from '../storage/object-store.ts';

/** Between two starts, where the way out of the server is shut. One that the bucket refuses is found by the audit log. */
export async function deleteNotes({
  coreConfig,
  clock,
  log,
  tracing,
}: Pick<Services, 'coreConfig' | 'clock' | 'log' | 'tracing'>): Promise<void> {
  const outbound = createOutbound({ config: coreConfig.http.outbound, log, clock, tracing });
  try {
    await openStore(coreConfig.storage, outbound)?.deleteNotes();
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'What the bucket has noted of the audit log before could not be deleted');
  } finally {
    await outbound.close();
  }
}
