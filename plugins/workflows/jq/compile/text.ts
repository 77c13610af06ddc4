// String interpolation and the `@name` formats.
import { formatAs } from '../formats.ts';
import { checkString, workText, workTogether } from '../limits.ts';
import type { Ast } from '../syntax.ts';
import type { Value } from '../values.ts';
import { type Emit, either, type Filter, type Frame, scalar } from './filter.ts';
import type { Context, Scope } from './scope.ts';

type Node<T extends Ast['t']> = Extract<Ast, { t: T }>;

export function compileFormat(node: Node<'format'>): Filter {
  const name = node.name.slice(1);
  return scalar((_frame, input) => formatAs(name, input));
}

export function compileString(node: Node<'string'>, scope: Scope, context: Context): Filter {
  const format = node.format?.slice(1) ?? 'text';
  const parts = node.parts.map((part) => (typeof part === 'string' ? part : context.compile(part, scope, context)));
  const ones = parts.map((part) => (typeof part === 'string' ? part : part.one));
  const joined = (frame: Frame, input: Value): string => {
    let text = '';
    for (const part of ones) {
      if (typeof part === 'string') text += part;
      else if (part) {
        const piece = formatAs(format, part(frame, input));
        workText(Math.min(text.length, piece.length));
        text += piece;
        checkString(text.length);
      }
    }
    workTogether(text.length);
    return text;
  };
  const known = ones.every((part) => part !== null);
  return either(known ? joined : null, (frame, input, emit) =>
    backwards(parts, parts.length - 1, '', format, frame, input, emit),
  );
}

// The last interpolation is the outermost loop, so the text grows from its end.
function backwards(
  parts: (string | Filter)[],
  position: number,
  after: string,
  format: string,
  frame: Frame,
  input: Value,
  emit: Emit,
): void {
  const part = parts[position];
  checkString(after.length);
  if (part === undefined) {
    workTogether(after.length);
    emit(after);
  } else if (typeof part === 'string') backwards(parts, position - 1, part + after, format, frame, input, emit);
  else
    part.run(frame, input, (value) => {
      const piece = formatAs(format, value);
      workText(Math.min(after.length, piece.length));
      backwards(parts, position - 1, piece + after, format, frame, input, emit);
    });
}
