/** Rules as our own API shows them, with the version that `If-Match` takes. */
import Type, { type Static } from 'typebox';
import { versionOf } from '#core/plugin.ts';
import type { RuleRow } from './tables.ts';

const Results = Type.Array(
  Type.Enum(['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror', 'policy']),
  { minItems: 1, maxItems: 8 },
);
export const RuleConditionsView = Type.Object(
  {
    sender: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
    subject: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    larger_than: Type.Optional(Type.Integer({ minimum: 0 })),
    smaller_than: Type.Optional(Type.Integer({ minimum: 0 })),
    spf: Type.Optional(Results),
    dkim: Type.Optional(Results),
    dmarc: Type.Optional(Results),
  },
  { additionalProperties: false },
);
export const RuleSettings = Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
  description: 'Of an action that another plugin brings',
});

const Version = Type.String({ description: 'For `If-Match`' });

export const RuleView = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  mailbox: Type.Union([Type.String(), Type.Null()]),
  domain: Type.Union([Type.String(), Type.Null()]),
  position: Type.Integer(),
  enabled: Type.Boolean(),
  conditions: RuleConditionsView,
  action: Type.String(),
  value: Type.Union([Type.String(), Type.Null()]),
  settings: RuleSettings,
  version: Version,
});

/** `mailbox` is the address that the rule is about; null for a domain's. */
export function ruleView(row: RuleRow, mailbox: string | null): Static<typeof RuleView> {
  const { id, name, domain, position, action, value } = row;
  const conditions: Static<typeof RuleConditionsView> = JSON.parse(row.conditions);
  const settings: Static<typeof RuleSettings> = row.settings === null ? null : JSON.parse(row.settings);
  const enabled = row.is_enabled === 1;
  const version = versionOf(row);
  return { id, name, mailbox, domain, position, enabled, conditions, action, value, settings, version };
}
