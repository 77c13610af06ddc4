/**
 * A workflow as a graph.
 *
 *     const tasks = parseTasks(text);          // null while the text does not parse: keep the last one and set `isStale`
 *     <WorkflowGraph tasks={tasks} states={states} selected={pointer} onSelect={setPointer} />
 *
 * A task is named by its JSON pointer, as executions (`reference`) and mistakes (`path`) name it: `/do/2/make`,
 * `/do/2/make/try/0/ask`, `/do/3/each/do/0/one`, `/do/4/both/fork/branches/1/right`. Its `range` is its item in the text, from
 * the first letter of its name to the end of its value; `lists` are the lists inside of it, each with a pointer and a range of
 * its own. `taskAtOffset` finds the task at the cursor, `taskOfPointer` the one that a mistake at a deeper path is about,
 * `flatTasks` gives them all. Beside states there are `problems` (what is wrong, by pointer), `toolbar` (what can be done with
 * the chosen task) and `isStale`; see WorkflowGraphProps.
 */

export type { TriggerCard } from './flow.ts';
export { kindIcon } from './kind-icons.ts';
export type { Line } from './layout.ts';
export { WorkflowGraph } from './lazy-graph.tsx';
export { loadSpread } from './load-spread.ts';
export { StatusIcon } from './status-icon.tsx';
export {
  flatTasks,
  KINDS,
  type Kind,
  parseTasks,
  type Range,
  type TaskList,
  type TaskNode,
  taskAtOffset,
  taskOfPointer,
} from './tasks.ts';
