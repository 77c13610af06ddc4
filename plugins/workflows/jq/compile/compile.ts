// Turns a syntax tree into closures: one line per kind of node, the work is in the files beside this one.
import { JqSyntaxError } from '../errors.ts';
import type { Ast } from '../syntax.ts';
import { compileIndex, compileIterate, compileSlice, descend } from './access.ts';
import { compileCall, compileDef } from './calls.ts';
import { compileArray, compileObject } from './construct.ts';
import { compileAlternative, compileBreak, compileIf, compileLabel, compileTry } from './control.ts';
import { type Filter, many, scalar } from './filter.ts';
import { compileForeach, compileReduce } from './loops.ts';
import { compileBinary, compileComma, compileLogic, compileNegate, compilePipe } from './operators.ts';
import { compileAs, compileVariable } from './patterns.ts';
import type { Context, Scope } from './scope.ts';
import { compileFormat, compileString } from './text.ts';
import { compileAssign } from './updates.ts';

const identity: Filter = {
  one: (_frame, input) => input,
  run: (_frame, input, emit) => emit(input),
  paths: (_frame, path, value, emit) => emit(path, value),
  tail: null,
};

export function compile(node: Ast, scope: Scope, context: Context): Filter {
  if (--context.left < 0) throw new JqSyntaxError('too much to compile', context.source, 0);
  switch (node.t) {
    case 'identity':
      return identity;
    case 'descend':
      return descend(context);
    case 'literal': {
      const { value } = node;
      if (typeof value !== 'number' && typeof value !== 'string') return scalar(() => value);
      // A literal is never a place in the input, even where it looks the same.
      return scalar(
        () => value,
        (_frame, path, _input, emit) => emit({ ...path, at: [] }, value),
      );
    }
    case 'string':
      return compileString(node, scope, context);
    case 'format':
      return compileFormat(node);
    case 'index':
      return compileIndex(node, scope, context);
    case 'slice':
      return compileSlice(node, scope, context);
    case 'iterate':
      return compileIterate(node, scope, context);
    case 'array':
      return compileArray(node, scope, context);
    case 'object':
      return compileObject(node, scope, context);
    case 'negate':
      return compileNegate(node, scope, context);
    case 'pipe':
      return compilePipe(node, scope, context);
    case 'comma':
      return compileComma(node, scope, context);
    case 'and':
    case 'or':
      return compileLogic(node, scope, context);
    case 'alternative':
      return compileAlternative(node, scope, context);
    case 'binary':
      return compileBinary(node, scope, context);
    case 'assign':
      return compileAssign(node, scope, context);
    case 'if':
      return compileIf(node, scope, context);
    case 'try':
      return compileTry(node, scope, context);
    case 'reduce':
      return compileReduce(node, scope, context);
    case 'foreach':
      return compileForeach(node, scope, context);
    case 'def':
      return compileDef(node, scope, context);
    case 'call':
      return compileCall(node, scope, context);
    case 'var':
      return compileVariable(node, scope, context);
    case 'as':
      return compileAs(node, scope, context);
    case 'label':
      return compileLabel(node, scope, context);
    case 'break':
      return compileBreak(node, scope, context);
    default:
      return many(() => undefined);
  }
}
