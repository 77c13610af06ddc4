/** What the inside of workflows sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { WorkflowsOwn } from './services.ts';

export interface WorkflowsScope extends Services, AuthServices, WorkflowsOwn {}
