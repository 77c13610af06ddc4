/** Rows of rules. */
import type { OwnedTables } from '#core/plugin.ts';

export interface RuleRow {
  id: number;
  tenant_id: string | null;
  mailbox_id: number | null;
  domain: string | null;
  name: string;
  position: number;
  is_enabled: number;
  /** JSON: RuleConditions. */
  conditions: string;
  /** One of mail's own, or of another plugin: `plugin.action`. */
  action: string;
  /** Where to forward, or the tag. */
  value: string | null;
  /** JSON: settings of an action that another plugin brings. */
  settings: string | null;
  created_at: number;
  /** Id of the user who made or changed it, unless a super-admin did. */
  made_by: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      mail_rules: RuleRow;
    }
  }
}

/** Whose they are. */
export const ruleTables = {
  mail_rules: {
    'tenant.deleted': { by: 'rules/rules.ts, which remembers them' },
    'user.deleted': { by: 'the mailbox that it is for' },
  },
} satisfies OwnedTables;
