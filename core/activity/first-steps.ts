/**
 * The first fifteen minutes, as plugins tell them: what there is to do for somebody who has just come, and whether it is done, which the
 * server is asked each time. Pages draw a step by its id (`steps` of `definePages`); who has none of it goes to `path`.
 */
import type { Access } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import type { PageText } from '../pages/pages.ts';
import type { Services } from '../services.ts';

/** `none`: it is nothing for this person, at the moment or at all. */
export type FirstStepState = 'open' | 'done' | 'none';

export interface FirstStep {
  /** `plugin.what` */
  id: string;
  title: PageText;
  /** What it is good for, in a sentence. */
  text: PageText;
  /** The page of the web UI on which it is done as well. */
  path: string;
  /** Smaller comes first; default 100. */
  order?: number;
  /** Who is told; default: everybody who has signed in. */
  access?: Access;
  /** How it stands for this person. */
  state(principal: Principal, services: Services): Promise<FirstStepState>;
}

/** A step that has been given the services of its plugin. */
export interface BoundFirstStep extends Omit<FirstStep, 'state'> {
  state(principal: Principal): Promise<FirstStepState>;
}

/** What is asked of backups; `core/backup/` knows. */
interface BackupsAsked {
  state(): Promise<{ schedule: string | null; last_at: number | null; is_late: boolean }>;
}

/** Steps of core itself. */
export function coreFirstSteps({ state }: BackupsAsked, canSendMail: () => boolean): BoundFirstStep[] {
  return [
    {
      id: 'core.sending',
      title: { en: 'Send mail', zh: '发送邮件' },
      text: {
        en: 'Invitations, sign-in links and licences leave by a relay, by Resend or directly.',
        zh: '邀请、登录链接和许可证通过中继、Resend 或直接发出。',
      },
      path: '/settings/server/sending',
      order: 30,
      access: 'superadmin',
      state: async () => (canSendMail() ? 'done' : 'open'),
    },
    {
      id: 'core.backup',
      title: { en: 'A backup every night', zh: '每晚备份' },
      text: {
        en: 'See that one can be made and restored, before you need it.',
        zh: '在需要之前，确认备份能够生成并恢复。',
      },
      path: '/settings/backups',
      order: 90,
      access: 'superadmin',
      async state() {
        const { schedule, last_at, is_late } = await state();
        return schedule !== null && last_at !== null && !is_late ? 'done' : 'open';
      },
    },
  ];
}
