// All builtins by "name/arity".
import type { Builtin } from '../compile/scope.ts';
import { collections } from './collections.ts';
import { dates } from './dates.ts';
import { flow } from './flow.ts';
import { math } from './math.ts';
import { paths } from './paths.ts';
import { regex } from './regex.ts';
import { repeating } from './repeating.ts';
import { searching } from './searching.ts';
import { sorting } from './sorting.ts';
import { streams } from './streams.ts';
import { strings } from './strings.ts';
import { types } from './types.ts';

export const builtins: Map<string, Builtin> = new Map(
  Object.entries({
    ...flow,
    ...repeating,
    ...types,
    ...strings,
    ...collections,
    ...searching,
    ...sorting,
    ...streams,
    ...paths,
    ...math,
    ...dates,
    ...regex,
  }),
);
