/** Sandbox: threads in which the scripts of workflows run, with limits on their time and memory. */
import { definePart, type Services } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { createScriptSandbox, type ScriptSandbox } from './sandbox.ts';

export interface SandboxOwn {
  scriptSandbox: ScriptSandbox;
}

export const sandbox = definePart<Services & SandboxOwn & { config: WorkflowsConfig }>({
  name: 'sandbox',
  summary: 'Threads in which scripts run',
  services: { scriptSandbox: createScriptSandbox },
  stop: ({ scriptSandbox }) => scriptSandbox.close(),
});
