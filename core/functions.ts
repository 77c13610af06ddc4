/** The functions that plugins offer to workflows and AI agents: who may call one is decided here, and nowhere else. */

import type Koa from 'koa';
import type { TSchema } from 'typebox';
import { checkAccess, type ScopedAccess } from './access/access.ts';
import type { Principal } from './access/principal.ts';
import { coreErrors, isAppError } from './errors.ts';
import { inputInWords } from './function-texts.ts';
import type { Summarize } from './http/language.ts';
import { type Check, compileCheck } from './http/validate.ts';

/** Who may call a function, whichever way the call comes: by its route, MCP, a workflow or a task that is tried. */
export interface FunctionAccess extends ScopedAccess {
  /** Scope that a key must carry. */
  scope: string;
  /**
   * What a caller outside every tenant means: the root token, the platform's own workflows (`principal.tenantId` is null).
   * `true`: it is refused with `no_tenant`. `false`: it acts for the platform itself, as its routes let it.
   */
  tenant: boolean;
}

export interface FunctionCall {
  /** Who calls, with the scopes of the key. A workflow calls as who published it, with the rights that are left of theirs. */
  principal: Principal;
  /** The same on a repeat of the same call: an effect that has happened must not happen again. */
  idempotencyKey: string;
  /** What the call belongs to, for what it starts. */
  correlationId?: string | null;
  /** The execution that all this comes from when a workflow calls, and how deep what it starts is. */
  family?: { rootId: string; depth: number };
  /** The workflow whose task calls: `namespace/name`. */
  workflow?: string;
  signal?: AbortSignal;
  /** A model has chosen the input, led by what somebody outside has said, and reads what it gives; a person may have approved it. */
  byModel?: 'unseen' | 'approved';
}

/** A call that has been let through: `tenantId` is the caller's, and never null where the function requires one. */
export interface GrantedCall<A extends FunctionAccess = FunctionAccess> extends FunctionCall {
  tenantId: A['tenant'] extends true ? string : string | null;
}

/**
 * What of a conversation an input may be bound to: its id, that of its contact or of its robot; where it takes place (the name of
 * the group, or of the contact who is alone there) and who speaks in a group; or a field of the contact, as people have noted it.
 */
export type BoundTo = 'conversation' | 'contact' | 'robot' | 'room' | 'member' | { field: string };

/** Fields of contacts by which functions find what is theirs: no model may note them unseen. */
export function boundFields(functions: readonly Pick<FunctionDescription, 'binds'>[]): ReadonlySet<string> {
  const bound = functions.flatMap(({ binds = {} }) => Object.values(binds));
  return new Set(bound.flatMap((to) => (typeof to === 'object' ? [to.field] : [])));
}

/** A step that workflows and AI agents can call, without what it does. */
export interface FunctionDescription<
  I extends TSchema = TSchema,
  O extends TSchema = TSchema,
  A extends FunctionAccess = FunctionAccess,
> {
  name: string;
  summary: string;
  input: I;
  output: O;
  /**
   * Inputs that say about whom or what a conversation is, where a model calls during one: they are filled in then, and never
   * the model's to choose.
   */
  binds?: Readonly<Record<string, BoundTo>>;
  /**
   * It tells and does the same whoever asks, and nothing of one customer. A model's calls of a function that says neither this nor
   * what it `binds` are looked at by a person, each of them.
   */
  sameForAll?: boolean;
  /** Checked by `functions.call` alone: what comes to `run` may be done. */
  access: A;
}

/** A function that has been given the services of its plugin. */
export interface BoundFunction extends FunctionDescription {
  run(input: unknown, call: GrantedCall): Promise<unknown>;
}

export interface Functions {
  list(): readonly FunctionDescription[];
  /** The same with its texts in the language of who asks. */
  listFor(ctx: Koa.Context): readonly FunctionDescription[];
  /** Whether the principal may call it. False for an unknown name. */
  mayCall(name: string, principal: Principal): boolean;
  /** Throws what `call` would: `not_found`, `forbidden`, `insufficient_scope`, `no_tenant`. */
  checkCall(name: string, principal: Principal): void;
  /** Calls one by name. Throws what `checkCall` does, and `validation_error` for input that breaks its schema. */
  call(name: string, input: unknown, call: FunctionCall): Promise<unknown>;
  add(definition: BoundFunction): void;
}

interface Known {
  definition: BoundFunction;
  checkInput: Check;
  checkOutput: Check;
}

export function createFunctions(summarize: Summarize): Functions {
  const byName = new Map<string, Known>();

  return {
    list,
    listFor(ctx) {
      const inLanguage = (name: string, english: string) => summarize(ctx, name, english);
      return list().map((one) => ({
        ...one,
        summary: inLanguage(one.name, one.summary),
        input: inputInWords(one.input, one.name, inLanguage),
      }));
    },
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
      const output = await definition.run(input, { ...call, tenantId: call.principal.tenantId });
      const wrong = checkOutput(output);
      if (wrong)
        throw new Error(`The function '${name}' gave an output that breaks its schema: ${JSON.stringify(wrong)}`);
      return output;
    },
  };

  function list(): FunctionDescription[] {
    return [...byName.values()].map(({ definition }) => definition);
  }

  function granted(name: string, principal: Principal): Known {
    const found = byName.get(name);
    if (!found) throw coreErrors.not_found({ message: `There is no function '${name}'` });
    checkAccess(found.definition.access, principal);
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
