/** A process that restores one backup for a trial and ends. */
import { type ChildTask, serveTask } from './child-process.ts';
import { type RehearsedBackup, rehearse } from './rehearse.ts';

export interface RehearsalTask extends RehearsedBackup, ChildTask {}

await serveTask('It cannot be restored', (task: RehearsalTask, step) => rehearse(task, step));
