/** Erasing the commands of a robot that is erased. Table: robots_commands. */
import { deleteInSteps } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { RobotHooks } from '../robots/hooks.ts';

export function createCommandErasure({ db, robotHooks }: Services & { robotHooks: RobotHooks }): void {
  robotHooks.erasing.by(async (robot) => {
    await deleteInSteps(db, 'robots_commands', 'id', (rows) => rows.where({ robot }));
  });
}
