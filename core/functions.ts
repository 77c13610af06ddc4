/** The functions that plugins offer to workflows and AI agents, checked at both ends. */
import { coreErrors } from './errors.ts';
import { type Check, compileCheck } from './http/validate.ts';
import type { FunctionCall, FunctionDefinition, Services } from './plugin.ts';

export interface Functions {
  list(): readonly FunctionDefinition[];
  /** Calls one by name. Throws `not_found` for an unknown name, `validation_error` for input that breaks its schema. */
  call(name: string, input: unknown, call: FunctionCall): Promise<unknown>;
  add(definition: FunctionDefinition): void;
}

export function createFunctions(services: Services): Functions {
  const byName = new Map<string, { definition: FunctionDefinition; checkInput: Check; checkOutput: Check }>();

  return {
    list: () => [...byName.values()].map(({ definition }) => definition),
    add(definition) {
      if (byName.has(definition.name)) throw new Error(`Two plugins declare the function '${definition.name}'`);
      byName.set(definition.name, {
        definition,
        checkInput: compileCheck(definition.input, 'input'),
        checkOutput: compileCheck(definition.output, 'output'),
      });
    },
    async call(name, input, call) {
      const found = byName.get(name);
      if (!found) throw coreErrors.not_found({ message: `There is no function '${name}'` });
      const issues = found.checkInput(input);
      if (issues) throw coreErrors.validation_error({ issues });
      const output = await found.definition.run(input, call, services);
      const wrong = found.checkOutput(output);
      if (wrong)
        throw new Error(`The function '${name}' gave an output that breaks its schema: ${JSON.stringify(wrong)}`);
      return output;
    },
  };
}
