/** Erasing the commands of a robot that is erased, and people out of commands. Table: robots_commands. */
import { deleteInSteps } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { RobotHooks } from '../robots/hooks.ts';
import type { CommandRow } from './tables.ts';
import { withoutNames } from './unnamed.ts';

export interface CommandErasure {
  /** What was sent to somebody without a conversation, and what names them beside others: groups that they were to be in, results. */
  person(person: NamedPerson): Promise<void>;
}

interface NamedPerson {
  tenantId: string;
  channel: string;
  /** Those on which the names are theirs (integer keys); null: all of the channel. */
  robots: readonly { id: number }[] | null;
  names: readonly string[];
  /** The groups in which alone the names are theirs; null: everywhere. */
  rooms: readonly string[] | null;
}

/** Some milliseconds of the writer. */
const READ_AT_ONCE = 500;

export function createCommandErasure({ db, robotHooks }: Services & { robotHooks: RobotHooks }): CommandErasure {
  robotHooks.erasing.add(async (robot) => {
    await deleteInSteps(db, 'robots_commands', 'id', (rows) => rows.where({ robot }));
  });

  return {
    async person({ tenantId, channel, robots, names, rooms }) {
      const own = db.read('robots_robots').where({ tenant_id: tenantId, channel });
      if (robots)
        own.whereIn(
          'id',
          robots.map(({ id }) => id),
        );
      for (const robot of await own.orderBy('id').pluck('id'))
        for (let last = 0, isMore = true; isMore; ) {
          const some = await commandsNaming(robot, names, last);
          for (const row of some) if (isIn(rooms, row)) await unname(row, new Set(names));
          last = some.at(-1)?.id ?? last;
          isMore = some.length === READ_AT_ONCE;
        }
    },
  };

  function commandsNaming(robot: number, names: readonly string[], last: number): Promise<CommandRow[]> {
    const within = db.client === 'pg' ? 'strpos(??, ?) > 0' : 'instr(??, ?) > 0';
    return db
      .write('robots_commands')
      .where({ robot })
      .where('id', '>', last)
      .where((either) => {
        for (const name of names) {
          either.orWhereRaw(within, ['recipient', name]);
          for (const column of ['params', 'result']) either.orWhereRaw(within, [column, JSON.stringify(name)]);
        }
      })
      .orderBy('id')
      .limit(READ_AT_ONCE);
  }

  /** Looked at again where it is written: a result may have come meanwhile. */
  async function unname({ id }: CommandRow, names: ReadonlySet<string>): Promise<void> {
    await db.transaction(async (trx) => {
      const row = await trx('robots_commands').where({ id }).forUpdate().first();
      const left = row && withoutNames(row, names);
      if (left) await trx('robots_commands').where({ id }).update(left);
      else await trx('robots_commands').where({ id }).delete();
    });
  }
}

function isIn(rooms: NamedPerson['rooms'], { recipient }: CommandRow): boolean {
  return rooms === null || recipient.split('\n').some((name) => rooms.includes(name));
}
