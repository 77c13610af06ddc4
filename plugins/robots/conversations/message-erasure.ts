/**
 * Erasing messages with their files, in steps between which others write; and conversations with the contacts that have no other
 * where their robot is erased. Tables: robots_messages, robots_conversations, robots_contacts.
 */
import type { Knex } from 'knex';
import { inSteps } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { RobotHooks } from '../robots/hooks.ts';

export interface MessageErasure {
  /** Some messages with their files, and the commands that have sent them and are over; gives how many. */
  eraseSome(narrow: (rows: Knex.QueryBuilder) => void, options?: { withOpenCommands: boolean }): Promise<number>;
  /** All of them, in steps. What is still under way is not carried out any more. */
  eraseAll(narrow: (rows: Knex.QueryBuilder) => void): Promise<void>;
}

/** Some milliseconds of the writer. */
export const ERASED_AT_ONCE = 500;

export function createMessageErasure({ db, blobs, robotHooks }: Services & { robotHooks: RobotHooks }): MessageErasure {
  robotHooks.erasing.add(async (robot) => {
    await eraseAll((rows) => rows.where({ robot }).orderBy('id'));
    await inSteps((limit) => eraseConversations(robot, limit));
  });
  return { eraseSome, eraseAll };

  async function eraseAll(narrow: (rows: Knex.QueryBuilder) => void): Promise<void> {
    while ((await eraseSome(narrow, { withOpenCommands: true })) === ERASED_AT_ONCE);
  }

  /** Some conversations, with the contacts that have no other; gives how many. */
  async function eraseConversations(robot: number, limit: number): Promise<number> {
    return db.transaction(async (trx) => {
      const some = await trx('robots_conversations')
        .where({ robot })
        .orderBy('id')
        .limit(limit)
        .select('id', 'contact');
      await trx('robots_conversations')
        .whereIn(
          'id',
          some.map(({ id }) => id),
        )
        .delete();
      const contacts = [...new Set(some.map(({ contact }) => contact))];
      const others = trx('robots_conversations').whereIn('contact', contacts).select('contact');
      await trx('robots_contacts').whereIn('id', contacts).whereNotIn('id', others).delete();
      return some.length;
    });
  }

  function eraseSome(
    narrow: (rows: Knex.QueryBuilder) => void,
    { withOpenCommands } = { withOpenCommands: false },
  ): Promise<number> {
    return db.transaction(async (trx) => {
      const query = trx('robots_messages').limit(ERASED_AT_ONCE).select('id', 'blob', 'command_id');
      narrow(query);
      const some = await query;
      const ids = some.map(({ id }) => id);
      await trx('robots_messages').whereIn('id', ids).delete();
      const commands = some.flatMap(({ command_id }) => command_id ?? []);
      // What went to several stays: its other messages have it too, and who has no conversation is still to get it.
      const over = trx('robots_commands')
        .whereIn('command_id', commands)
        .whereRaw('recipient not like ?', ['%\n%'])
        .whereNotExists((other) =>
          other
            .from('robots_messages')
            .whereRaw('robots_messages.command_id = robots_commands.command_id')
            .select(trx.raw('1')),
        );
      if (!withOpenCommands) over.whereNotIn('status', ['pending', 'dispatched']);
      await over.delete();
      const files = [...new Set(some.flatMap(({ blob }) => blob ?? []))];
      const shared = await trx('robots_messages').whereIn('blob', files).distinct('blob');
      const kept = new Set(shared.map(({ blob }) => blob));
      await blobs.remove(
        trx,
        files.filter((blob) => !kept.has(blob)),
      );
      return some.length;
    });
  }
}
