/** What stands above the parts of workflows sees, and tests see: everything of each. */
import type { ApprovalsOwn } from './approvals/services.ts';
import type { EngineScope } from './engine/services.ts';
import type { ExecutionsOwn } from './executions/services.ts';
import type { TriggersOwn } from './triggers/services.ts';

export interface WorkflowsScope extends EngineScope, TriggersOwn, ExecutionsOwn, ApprovalsOwn {}
