/** Jobs of approvals: mails with the link to a decision. */
import Type from 'typebox';
import type { RateLimit } from '#core/kit.ts';
import { defineJob } from '#core/plugin.ts';
import { approvalAddress } from './approvals.ts';
import { detailOf } from './detail.ts';
import type { ApprovalsScope } from './services.ts';

/** A tenant may write to anybody: not to everybody. */
const MAILS_OF_TENANT: RateLimit = { name: 'workflows.approvals', points: 100, windowSeconds: 3600, shared: 'closed' };
/** Of a tenant that is suspended nothing is mailed; it is looked at again then. */
const HELD_MS = 3_600_000;
const FOLDER = new URL('../mail-templates/', import.meta.url);

export const sendApproval = defineJob({
  name: 'workflows.sendApproval',
  summary: 'Mails the link to a decision that an execution waits for',
  payload: Type.Object({ execution_id: Type.String(), task_key: Type.String() }),
  // Some nine hours: what is over the limit of its tenant comes later.
  maxAttempts: 20,
  async run({ execution_id, task_key }, _job, services: ApprovalsScope) {
    const { db, clock, jobs, mailer, mailTemplates, coreConfig, people, rateLimits, workflowTenants } = services;
    const wait = await db.write('workflows_waits').where({ execution_id, task_key, kind: 'approval' }).first();
    if (!wait) return;
    if ((await workflowTenants.standingOf(wait.tenant_id)) !== 'active') {
      const later = { runAt: clock.now() + HELD_MS, lane: wait.tenant_id };
      await db.transaction((trx) => jobs.enqueue(trx, 'workflows.sendApproval', { execution_id, task_key }, later));
      return;
    }
    if (wait.tenant_id !== '') await rateLimits.consume(MAILS_OF_TENANT, wait.tenant_id);
    const tenant = wait.tenant_id === '' ? null : await people.tenantByUuid(wait.tenant_id);
    const asker = tenant?.name ?? new URL(coreConfig.http.publicUrl).host;
    const { to, title, text } = detailOf(services, wait);
    // Whose account was deleted meanwhile.
    if (to === '') return;
    const { token, link } = approvalAddress(services, wait);
    const mail = mailTemplates.render(FOLDER, 'workflow_approval', { title, text, asker, link, token });
    await mailer.send({
      to,
      ...mail,
      idempotencyKey: `workflows.approval/${execution_id} ${task_key} ${wait.created_at}`,
    });
  },
});
