/** What the thread of the validator does with a request. */
import { validate } from './validate.ts';
import type { ValidatorReply, ValidatorRequest } from './validator.ts';

/** `metadata` is the schema of the options: one object for all requests, so that it is compiled once. */
export function answererOf(metadata: object): (request: ValidatorRequest) => Promise<ValidatorReply> {
  return async ({ id, definition, functions, allowShell }) => {
    try {
      return { id, result: await validate(definition, { functions: new Set(functions), allowShell, metadata }) };
    } catch (error) {
      return { id, failure: error instanceof Error ? error.message : String(error) };
    }
  };
}
