/** What people change in the graph and in forms, as the smallest changes of the text. */
export type { Path } from './differences.ts';
export { bodyOf, setField, setHead } from './fields.ts';
export { insertTask, type LineOf } from './insert.ts';
export {
  addTask,
  copyTask,
  freeName,
  moveTask,
  type Place,
  placeOf,
  removeTask,
  renameTask,
  WRAPPERS,
  type Wrapper,
  wrapTask,
} from './tasks.ts';
export { applied, type Edit } from './text.ts';
