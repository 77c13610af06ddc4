/** Erasure: what goes of approvals with a person: that they were asked. */
import type { Services } from '#core/plugin.ts';
import { GONE } from '../engine/tasks/approve.ts';

export async function eraseApprover({ db }: Pick<Services, 'db'>, userUuid: string): Promise<void> {
  await db.write('workflows_waits').where({ approver_id: userUuid }).update({ approver_id: null });
  const approver = `%"approver":{"id":${JSON.stringify(userUuid)}%`;
  const asked = await db.read('workflows_waits').where({ kind: 'approval' }).where('detail', 'like', approver);
  for (const { id, detail } of asked) {
    const nobody = { ...JSON.parse(detail), to: '', approver: GONE };
    await db
      .write('workflows_waits')
      .where({ id, detail })
      .update({ detail: JSON.stringify(nobody) });
  }
}
