/** The kinds of tasks, each in its file. */

import type { Kind } from '../../language/definition.ts';
import type { TaskKind } from '../model.ts';
import { callTask } from './call.ts';
import { emitTask } from './emit.ts';
import { forTask } from './for.ts';
import { forkTask } from './fork.ts';
import { listenTask } from './listen.ts';
import { runTask } from './run.ts';
import { doTask, raiseTask, setTask, switchTask } from './simple.ts';
import { tryTask } from './try.ts';
import { waitTask } from './wait.ts';

export const taskKinds: Record<Kind, TaskKind> = {
  call: callTask,
  do: doTask,
  emit: emitTask,
  for: forTask,
  fork: forkTask,
  listen: listenTask,
  raise: raiseTask,
  run: runTask,
  set: setTask,
  switch: switchTask,
  try: tryTask,
  wait: waitTask,
};
