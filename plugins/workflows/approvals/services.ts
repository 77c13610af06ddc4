/** How the services of approvals are made. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { EngineOwn } from '../engine/services.ts';
import { createApprovals } from './approvals.ts';

export const approvalServices = { workflowApprovals: createApprovals };

export interface ApprovalsOwn extends ServicesOf<typeof approvalServices> {}

/** What this part sees. */
export interface ApprovalsScope extends Services, AuthServices, EngineOwn, ApprovalsOwn {}
