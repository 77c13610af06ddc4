/** Whether the audit log of a backup that was restored for a trial is whole. */
import { keptInFolder } from '#core/kit.ts';
import type { RehearsalCheck } from '#core/plugin.ts';
import { createAuditChains } from './audit-chains.ts';
import { verifyChains } from './verification.ts';

export const check: RehearsalCheck = async ({ db, secrets, dataDir, log }) => {
  const chains = createAuditChains({ db, secrets, keptOutside: keptInFolder(dataDir), log });
  const { problem } = await verifyChains(db, chains);
  return problem;
};
