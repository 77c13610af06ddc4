/** Erasure: what goes of approvals with a person: that they were asked. */
import type { Services } from '#core/plugin.ts';
import { GONE } from '../engine/tasks/approve.ts';
import { detailOf, storedDetail } from './detail.ts';

export async function eraseApprover(services: Pick<Services, 'db' | 'secrets'>, userUuid: string): Promise<void> {
  const { db } = services;
  // What is sealed shows the id as well, in another spelling of JSON.
  const asked = await db
    .read('workflows_waits')
    .where({ kind: 'approval' })
    .where((own) => own.where({ approver_id: userUuid }).orWhere('detail', 'like', `%${userUuid}%`))
    .select('id');
  for (const { id } of asked) {
    await db.transaction(async (trx) => {
      const wait = await trx('workflows_waits').where({ id }).forUpdate().first();
      if (!wait) return;
      const detail = detailOf(services, wait);
      if (wait.approver_id !== userUuid && detail.approver?.id !== userUuid) return;
      const nobody = storedDetail(services, wait, { ...detail, to: '', approver: GONE });
      await trx('workflows_waits').where({ id }).update({ detail: nobody, approver_id: null });
    });
  }
}
