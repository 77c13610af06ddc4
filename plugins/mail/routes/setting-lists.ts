/** Rules, webhooks and suppressions in rows. */
import { isSuperadmin } from '#core/kit.ts';
import { listRoute } from '#core/plugin.ts';
import type { MailScope } from '../scope.ts';
import { isMailAdmin } from '../services/legacy-roles.ts';
import { whereOwn } from '../services/mail-visibility.ts';
import type { RuleRow, SuppressionRow, WebhookRow } from '../tables.ts';
import { RuleView, ruleView, SuppressionView, suppressionView, WebhookView, webhookView } from './setting-views.ts';
import { ACCOUNTS } from './shared.ts';

const manage = { scope: 'mail:manage', kinds: ACCOUNTS };
const MAILBOX = {
  type: 'text',
  column: 'mail_mailboxes.address',
  filter: 'equals',
  description: 'Address of a mailbox',
} as const;

export const settingLists = [
  listRoute({
    path: '/api/platform/mail/rules',
    access: manage,
    summary: 'Rules of mailboxes that you see, in their order; those of domains for administrators',
    item: RuleView,
    columns: {
      mailbox: MAILBOX,
      domain: { type: 'text', column: 'mail_rules.domain', filter: 'equals' },
      action: { type: 'text', column: 'mail_rules.action', filter: 'equals' },
      enabled: { type: 'boolean', column: 'mail_rules.is_enabled', filter: 'equals' },
      position: { type: 'integer', column: 'mail_rules.position', sort: true },
    },
    key: 'mail_rules.id',
    sort: 'position',
    rows({ principal }, { db }: MailScope) {
      const rows = db
        .read('mail_rules')
        .leftJoin('mail_mailboxes', 'mail_mailboxes.id', 'mail_rules.mailbox_id')
        .select('mail_rules.*', 'mail_mailboxes.address');
      if (isSuperadmin(principal)) return rows;
      if (isMailAdmin(principal)) return rows.where('mail_rules.tenant_id', principal.tenantId ?? '');
      return rows.where('mail_mailboxes.user_id', principal.userId ?? 0);
    },
    items: (rows: (RuleRow & { address: string | null })[]) =>
      rows.map(({ address, ...row }) => ruleView(row, address)),
  }),
  listRoute({
    path: '/api/platform/mail/webhooks',
    access: manage,
    summary: 'Webhooks of mailboxes that you see, newest first',
    item: WebhookView,
    columns: {
      mailbox: MAILBOX,
      created_at: { type: 'time', column: 'mail_webhooks.created_at', filter: 'range', sort: true },
    },
    key: 'mail_webhooks.id',
    rows({ principal }, { db }: MailScope) {
      const rows = db
        .read('mail_webhooks')
        .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_webhooks.mailbox_id')
        .select('mail_webhooks.*', 'mail_mailboxes.address');
      whereOwn(rows, principal);
      return rows;
    },
    items: (rows: (WebhookRow & { address: string })[]) => rows.map(({ address, ...row }) => webhookView(row, address)),
  }),
  listRoute({
    path: '/api/platform/mail/suppressions',
    access: { ...manage, roles: ['owner', 'admin'] },
    summary: 'Addresses that get no more mail from the tenant, newest first; from all for super-admins',
    item: SuppressionView,
    columns: {
      address: {
        type: 'text',
        filter: 'prefix',
        orders: true,
        sort: true,
        description: 'The beginning of the address, in lower case',
      },
      created_at: { type: 'time', filter: 'range', sort: true },
    },
    rows({ principal }, { db }: MailScope) {
      const rows = db.read('mail_suppressions');
      return isSuperadmin(principal) ? rows : rows.where({ tenant_id: principal.tenantId ?? '' });
    },
    items: (rows: SuppressionRow[]) => rows.map(suppressionView),
  }),
];
