/** What the thread of the validator does with a request. */
import { validate } from './validate.ts';
import type { Validation, ValidatorReply } from './validator.ts';

/** `metadata` is the schema of the options: one object for all requests, so that it is compiled once. */
export function answererOf(metadata: object): (request: Validation) => Promise<ValidatorReply> {
  return async ({ definition, functions, allowShell }) => {
    try {
      return { result: await validate(definition, { functions: new Set(functions), allowShell, metadata }) };
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  };
}
