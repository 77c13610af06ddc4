/** The functions that plugins offer to workflows and AI agents: who may call one is decided here, and nowhere else. */
import { coreErrors, isAppError } from './errors.ts';
import { checkAccess } from './http/access.ts';
import type { Principal } from './http/principal.ts';
import { type Check, compileCheck } from './http/validate.ts';
import type { FunctionAccess, FunctionCall, FunctionDefinition, Services } from './plugin.ts';

export interface Functions {
  list(): readonly FunctionDefinition[];
  /** Whether the principal may call it. False for an unknown name. */
  mayCall(name: string, principal: Principal): boolean;
  /** Throws what `call` would: `not_found`, `forbidden`, `insufficient_scope`, `no_tenant`. */
  checkCall(name: string, principal: Principal): void;
  /** Calls one by name. Throws what `checkCall` does, and `validation_error` for input that breaks its schema. */
  call(name: string, input: unknown, call: FunctionCall): Promise<unknown>;
  add(definition: FunctionDefinition): void;
}

interface Known {
  definition: FunctionDefinition;
  checkInput: Check;
  checkOutput: Check;
}

export function createFunctions(services: Services): Functions {
  const byName = new Map<string, Known>();

  return {
    list: () => [...byName.values()].map(({ definition }) => definition),
    mayCall,
    checkCall: (name, principal) => void granted(name, principal),
    add(definition) {
      if (byName.has(definition.name)) throw new Error(`Two plugins declare the function '${definition.name}'`);
      byName.set(definition.name, {
        definition,
        checkInput: compileCheck(definition.input, 'input'),
        checkOutput: compileCheck(definition.output, 'output'),
      });
    },
    async call(name, input, call) {
      const { definition, checkInput, checkOutput } = granted(name, call.principal);
      const issues = checkInput(input);
      if (issues) throw coreErrors.validation_error({ issues });
      const output = await definition.run(input, { ...call, tenantId: call.principal.tenantId }, services);
      const wrong = checkOutput(output);
      if (wrong)
        throw new Error(`The function '${name}' gave an output that breaks its schema: ${JSON.stringify(wrong)}`);
      return output;
    },
  };

  function granted(name: string, principal: Principal): Known {
    const found = byName.get(name);
    if (!found) throw coreErrors.not_found({ message: `There is no function '${name}'` });
    checkFunctionAccess(found.definition.access, principal);
    return found;
  }

  function mayCall(name: string, principal: Principal): boolean {
    try {
      granted(name, principal);
      return true;
    } catch (error) {
      if (isAppError(error)) return false;
      throw error;
    }
  }
}

function checkFunctionAccess(access: FunctionAccess, principal: Principal): void {
  checkAccess(access, principal);
  if (access.tenant === 'required' && principal.tenantId === null) throw coreErrors.no_tenant();
}
