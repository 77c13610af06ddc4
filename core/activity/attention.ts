/** What waits for a person, as plugins tell it: shown on the dashboard with the way there. */
import type { Knex } from 'knex';
import type { Access } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import type { Cron } from '../jobs/cron.ts';
import { DEFAULT_MAX_ATTEMPTS } from '../jobs/job-rows.ts';
import type { PageText } from '../pages/pages.ts';
import type { Services } from '../services.ts';

/** Nobody needs to know it more exactly, and counting stays cheap. */
export const MOST_COUNTED = 100;

export interface AttentionSource {
  /** `plugin.what` */
  id: string;
  title: PageText;
  /** The page of the web UI on which somebody does something about it. */
  path: string;
  /** Who is told; default: everybody who has signed in. That of the page behind it. */
  access?: Access;
  /** Shown before all others: what makes untrue what other pages say. */
  comesFirst?: boolean;
  /** How many there are, for this person; `countedTo` is exact enough, and cheap. */
  count(principal: Principal, services: Services): Promise<number>;
}

/** A source that has been given the services of its plugin. */
export interface Attention extends Omit<AttentionSource, 'count'> {
  count(principal: Principal): Promise<number>;
}

/** Rows of a query, of which at most `MOST_COUNTED` are read. */
export async function countedTo(query: Knex.QueryBuilder): Promise<number> {
  const rows: unknown[] = await query
    .clone()
    .clearSelect()
    .clearOrder()
    .select(query.client.raw('1 as one'))
    .limit(MOST_COUNTED);
  return rows.length;
}

/** What must happen is not given up, so nothing else would tell of it. */
const stuckJobs: AttentionSource = {
  id: 'core.stuckJobs',
  title: { en: 'Jobs that must happen and keep failing', zh: '必须完成却一再失败的作业' },
  path: '/status/jobs?state=ready',
  access: 'superadmin',
  async count(_, { db, jobs }) {
    const stuck = () =>
      db.read('core_jobs').whereIn('name', jobs.mustHappen()).where('attempts', '>=', DEFAULT_MAX_ATTEMPTS);
    const waiting = await countedTo(stuck().whereRaw("state = 'ready' and is_due = 0 and attempts > 0"));
    // Tried at this moment, or waiting for their place.
    return waiting + (await countedTo(stuck().whereRaw("state = 'running'")));
  },
};

const deadJobs: AttentionSource = {
  id: 'core.deadJobs',
  title: { en: 'Failed jobs', zh: '失败的作业' },
  path: '/status/jobs?state=dead',
  access: 'superadmin',
  count: (_, { db }) => countedTo(db.read('core_jobs').whereRaw("state = 'dead'")),
};

/** What core itself tells of. */
export const coreAttention = [deadJobs, stuckJobs];

/** A clock that was set right ends it by itself; another one is believed after a quarter of an hour. */
export const clockAhead = (cron: Cron): Attention => ({
  id: 'core.clockAhead',
  title: { en: 'The clock has gone ahead: scheduled work waits', zh: '时钟突然超前：定时任务暂缓执行' },
  path: '/status/cron',
  access: 'superadmin',
  count: async () => (cron.isHeld() ? 1 : 0),
});

export const clockBack = (cron: Cron): Attention => ({
  id: 'core.clockBack',
  title: { en: 'The clock has gone back: see that it is right', zh: '时钟被调回：请确认时间是否正确' },
  path: '/status/cron',
  access: 'superadmin',
  count: async () => (cron.hasGoneBack() ? 1 : 0),
});

/** What is asked of the server's settings; `core/settings/` knows. */
interface SettingsAsked {
  waiting(): readonly string[];
  leftOut(): readonly unknown[];
}

export const settingsAttention = ({ waiting, leftOut }: SettingsAsked): Attention[] => [
  {
    id: 'core.restartNeeded',
    title: { en: 'Settings that wait for a restart', zh: '等待重启后生效的设置' },
    path: '/settings/server',
    access: 'superadmin',
    count: async () => waiting().length,
  },
  {
    id: 'core.settingsLeftOut',
    title: { en: 'Settings that are not used, because they do not fit', zh: '因不适用而未生效的设置' },
    path: '/settings/server',
    access: 'superadmin',
    count: async () => leftOut().length,
  },
];

/** What is asked of certificates; `core/certificates/` knows. */
interface CertificatesAsked {
  troubles(): Promise<readonly string[]>;
}

export const certificatesAttention = ({ troubles }: CertificatesAsked): Attention => ({
  id: 'core.certificate',
  title: { en: 'A certificate expires or cannot be issued', zh: '证书即将到期或无法获取' },
  path: '/settings/certificates',
  access: 'superadmin',
  count: async () => (await troubles()).length,
});

/** What is asked of updates; `core/updates/` knows. */
interface UpdatesAsked {
  state(): Promise<{ offered: object | null }>;
}

export const updatesAttention = ({ state }: UpdatesAsked): Attention => ({
  id: 'core.update',
  title: { en: 'A newer version of Patchbay', zh: 'Patchbay 有新版本' },
  path: '/status',
  access: 'superadmin',
  count: async () => ((await state()).offered === null ? 0 : 1),
});

/** What is asked of backups; `core/backup/` knows. */
interface BackupsAsked {
  state(): Promise<{
    is_late: boolean;
    rehearsal: { last: { outcome: string } | null };
    copies: { is_late: boolean } | null;
  }>;
}

export const backupsAttention = ({ state }: BackupsAsked): Attention[] => [
  {
    id: 'core.noBackup',
    title: { en: 'No backup for two days', zh: '已有两天没有备份' },
    path: '/settings/backups',
    access: 'superadmin',
    count: async () => ((await state()).is_late ? 1 : 0),
  },
  {
    id: 'core.rehearsalFailed',
    title: { en: 'The newest backup cannot be restored', zh: '最新的备份无法恢复' },
    path: '/settings/backups',
    access: 'superadmin',
    count: async () => ((await state()).rehearsal.last?.outcome === 'failed' ? 1 : 0),
  },
  {
    id: 'core.noBackupCopy',
    title: { en: 'No copy of a backup elsewhere for two days', zh: '已有两天没有备份副本' },
    path: '/settings/backups',
    access: 'superadmin',
    count: async () => ((await state()).copies?.is_late ? 1 : 0),
  },
];
