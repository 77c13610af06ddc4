/** Ids of 64 bits on PostgreSQL: a busy mail server passes two thousand million jobs within months. */
import type { Knex } from 'knex';
import { narrowIds, widenIds } from '#core/kit.ts';

export const up = (db: Knex): Promise<void> => widenIds(db, 'mail_');
export const down = (db: Knex): Promise<void> => narrowIds(db, 'mail_');
