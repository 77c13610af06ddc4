/** Decisions that executions wait for. The link is sealed: who has it was sent it. */

import Type from 'typebox';
import { sealedLink } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { AuditEntry, AuthServices } from '#plugins/auth/contract.ts';
import type { Engine } from '../engine/engine.ts';
import type { WaitRow } from '../engine/tables.ts';
import type { ApprovalDetail } from '../engine/tasks/approve.ts';
import type { WorkflowTenants } from '../engine/tenants.ts';
import { workflowErrors } from '../errors.ts';
import { detailOf, storedDetail } from './detail.ts';

export interface Approval {
  title: string;
  text: string;
  /** Null: not yet. */
  decided: boolean | null;
}

export interface Approvals {
  /** Throws `link_expired` for what is no link any more, `asked_again` for the link of an earlier mail. */
  show(token: string): Promise<Approval>;
  decide(token: string, approved: boolean, comment: string): Promise<Approval>;
  /** A row of what somebody is asked, with the token to decide it. */
  askedIn(wait: WaitRow): Approval & { token: string };
  /** What an execution asks and nobody has decided, with links to be given by hand; noted in the audit log. */
  linksOf(actor: Principal, executionId: string, origin: Origin): Promise<ApprovalLink[]>;
}

export interface ApprovalLink {
  title: string;
  /** Who is asked. */
  to: string;
  link: string;
}

type Origin = Required<Pick<AuditEntry, 'ip' | 'userAgent'>>;

export function createApprovals(
  services: Services & AuthServices & { workflowEngine: Engine; workflowTenants: WorkflowTenants },
): Approvals {
  const { db, clock, people, auditLog, workflowEngine, workflowTenants } = services;
  return {
    askedIn(wait) {
      const { execution_id, task_key, created_at: asked_at } = wait;
      return {
        ...viewOf(detailOf(services, wait)),
        token: approvalLink(services).seal({ execution_id, task_key, asked_at }),
      };
    },
    async linksOf(actor, executionId, origin) {
      const waits = await db
        .read('workflows_waits')
        .where({ execution_id: executionId, kind: 'approval' })
        .orderBy('id');
      const asked = waits
        .map((wait) => ({ wait, detail: detailOf(services, wait) }))
        .filter(({ detail }) => !detail.answer);
      if (asked.length === 0) return [];
      const target = { targetType: 'execution', targetId: executionId };
      await auditLog.record({ action: 'approval.link_made', actor, ...target, ...origin });
      return asked.map(({ wait, detail: { title, to } }) => ({
        title,
        to,
        link: approvalAddress(services, wait).link,
      }));
    },
    async show(token) {
      const { key, askedAt } = opened(token);
      return viewOf(await askedNow(key, askedAt));
    },
    async decide(token, approved, comment) {
      const { key, askedAt } = opened(token);
      await askedNow(key, askedAt);
      const detail = await db.transaction(async (trx) => {
        const wait = asked(await trx('workflows_waits').where(key).forUpdate().first(), askedAt);
        const before = detailOf(services, wait);
        if (before.answer) return before;
        const after = { ...before, answer: { approved, comment, at: new Date(clock.now()).toISOString() } };
        await trx('workflows_waits')
          .where({ id: wait.id })
          .update({ detail: storedDetail(services, wait, after), wake_at: 0, approver_id: null });
        return after;
      });
      workflowEngine.wake(0);
      return viewOf(detail);
    },
  };

  /** Throws `link_expired` also when who was asked may not decide any more, or the tenant runs nothing. */
  async function askedNow(key: Key, askedAt: number): Promise<ApprovalDetail> {
    const wait = asked(await db.read('workflows_waits').where(key).first(), askedAt);
    const detail = detailOf(services, wait);
    if ((await workflowTenants.standingOf(wait.tenant_id)) !== 'active') throw workflowErrors.link_expired();
    const { approver } = detail;
    if (!approver) return detail;
    const user = await people.userByUuid(approver.id);
    if (user?.status !== 'active' || user.tenant_id !== approver.tenant) throw workflowErrors.link_expired();
    return detail;
  }

  function opened(token: string): { key: Key; askedAt: number } {
    const found = approvalLink(services).open(token);
    if (!found) throw workflowErrors.link_expired();
    const { execution_id, task_key, asked_at } = found;
    return { key: { execution_id, task_key, kind: 'approval' }, askedAt: asked_at };
  }
}

/** Of the page that decides what a row asks. */
export function approvalAddress(
  services: Pick<Services, 'secrets' | 'clock' | 'coreConfig'>,
  { execution_id, task_key, created_at }: WaitRow,
): { token: string; link: string } {
  const token = approvalLink(services).seal({ execution_id, task_key, asked_at: Number(created_at) });
  const { publicUrl } = services.coreConfig.http;
  return { token, link: `${publicUrl}/workflows/approve?token=${encodeURIComponent(token)}` };
}

/** Good for as long as the execution waits. */
function approvalLink(services: Pick<Services, 'secrets' | 'clock'>) {
  const content = Type.Object({ execution_id: Type.String(), task_key: Type.String(), asked_at: Type.Integer() });
  return sealedLink(services, { purpose: 'workflows.approval', content, validMs: null });
}

type Key = Pick<WaitRow, 'execution_id' | 'task_key' | 'kind'>;

/** A task that is tried again asks again: who has the first mail decides nothing about the second one. */
function asked(wait: WaitRow | undefined, askedAt: number): WaitRow {
  if (!wait) throw workflowErrors.link_expired();
  if (Number(wait.created_at) !== askedAt) throw workflowErrors.asked_again();
  return wait;
}

function viewOf({ title, text, answer }: ApprovalDetail): Approval {
  return { title, text, decided: answer?.approved ?? null };
}
