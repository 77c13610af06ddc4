/** Which tools a caller sees: functions of all plugins that its key allows, and its tenant's exposed workflows. */
import { isAppError, refusalOf, type ScopedAccess, scopesOf } from '#core/kit.ts';
import type { FunctionAccess, FunctionDescription, Principal } from '#core/plugin.ts';
import { RUN, tenantOf } from '../access.ts';
import type { ActiveWorkflow } from '../definitions/definitions.ts';
import { StartedView } from '../engine/answer.ts';
import { optionsOf } from '../language/definition.ts';
import type { McpScope } from './scope.ts';

export interface Tool {
  /** A function's own name: MCP allows dots. Workflows are `workflow_<namespace>_<name>`. */
  name: string;
  title?: string;
  description: string;
  inputSchema: object;
  outputSchema?: object;
  does: { function: string } | { workflow: ActiveWorkflow };
}

type Needs = Pick<McpScope, 'functions' | 'workflowDefinitions'>;

/** Namespaces and names hold no `_`, so this leads back to one workflow alone. */
const WORKFLOW_TOOL = /^workflow_([a-z0-9-]+)_([a-z0-9-]+)$/;
const ANYTHING = { type: 'object', additionalProperties: true };

export async function toolsOf(principal: Principal, services: Needs): Promise<Tool[]> {
  const functions = services.functions.list().filter(({ name }) => services.functions.mayCall(name, principal));
  const workflows = mayRun(principal)
    ? (await services.workflowDefinitions.active(tenantOf(principal))).filter(isExposed)
    : [];
  return [...functions.map(functionTool), ...workflows.flatMap((workflow) => workflowTool(workflow) ?? [])];
}

/** What is kept from the caller, and why; undefined when nothing is. Clients show it to their model at the beginning. */
export function withheldFrom(principal: Principal, { functions }: Pick<Needs, 'functions'>): string | undefined {
  const withheld = functions.list().filter(({ name }) => !functions.mayCall(name, principal));
  const lines = withheld.map(({ name, access }) => `- ${name}: ${needsOf(access)}`);
  if (!mayRun(principal)) lines.push(`- exposed workflows: ${needsOf(RUN)}`);
  if (lines.length === 0) return undefined;
  return ['These tools are not shown, because your account or key lacks what they need:', ...lines].join('\n');
}

function needsOf({ tenant, ...access }: ScopedAccess & Partial<FunctionAccess>): string {
  const needs = [`scope ${scopesOf(access).join(' and ')}`];
  const { roles } = access;
  if (roles) needs.push(`role ${roles.join(' or ')}`);
  if (tenant) needs.push('a tenant');
  return needs.join(', ');
}

/** Null for what is not there and for what the caller may not use: it cannot tell one from the other. */
export async function toolNamed(name: string, principal: Principal, services: Needs): Promise<Tool | null> {
  const definition = services.functions.list().find((one) => one.name === name);
  if (definition) return services.functions.mayCall(name, principal) ? functionTool(definition) : null;
  const [, namespace, workflowName] = WORKFLOW_TOOL.exec(name) ?? [];
  if (!namespace || !workflowName || !mayRun(principal)) return null;
  const workflow = await found(services.workflowDefinitions.get(tenantOf(principal), namespace, workflowName));
  if (!workflow?.row.enabled || workflow.row.active_id === null || !isExposed(workflow)) return null;
  return workflowTool(workflow);
}

/** The rule of the other routes of workflows: owners, admins and super-admins, as far as the key's scopes go. */
function mayRun(principal: Principal): boolean {
  return refusalOf(RUN, principal) === null;
}

async function found(looking: Promise<ActiveWorkflow>): Promise<ActiveWorkflow | null> {
  try {
    return await looking;
  } catch (error) {
    if (isAppError(error) && error.status === 404) return null;
    throw error;
  }
}

function isExposed({ definition }: ActiveWorkflow): boolean {
  return optionsOf(definition).expose === true;
}

function functionTool({ name, summary, input, output }: FunctionDescription): Tool {
  const outputSchema = objectSchema(output);
  return {
    name,
    description: summary,
    inputSchema: objectSchema(input) ?? ANYTHING,
    ...(outputSchema && { outputSchema }),
    does: { function: name },
  };
}

/** Null where the workflow wants something else than an object: a tool's arguments are always one. */
function workflowTool(workflow: ActiveWorkflow): Tool | null {
  const { document, input } = workflow.definition;
  const inputSchema = input?.schema?.document ? objectSchema(input.schema.document) : ANYTHING;
  if (!inputSchema) return null;
  return {
    name: `workflow_${document.namespace}_${document.name}`,
    ...(document.title && { title: document.title }),
    description: document.summary ?? document.title ?? `The workflow ${document.namespace}/${document.name}`,
    inputSchema,
    outputSchema: StartedView,
    does: { workflow },
  };
}

/** MCP wants `type: object` at the root; a schema that leaves it open gets it, one of another type is null. */
function objectSchema(schema: object): object | null {
  if (!('type' in schema)) return { type: 'object', ...schema };
  if (schema.type === 'object') return schema;
  return Array.isArray(schema.type) && schema.type.includes('object') ? { ...schema, type: 'object' } : null;
}
