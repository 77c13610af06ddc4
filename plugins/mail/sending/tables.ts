/** Rows of what is sent: mails, their deliveries, suppressed addresses, DKIM keys. */
import type { OwnedTables } from '#core/plugin.ts';

import type { DeliveryStatus, SentStatus } from './states.ts';

/** One message that somebody sent, or that is forwarded. */
export interface SentRow {
  id: number;
  uuid: string;
  user_id: number | null;
  tenant_id: string | null;
  from_addr: string;
  from_name: string | null;
  /** Comma-separated. */
  recipients: string;
  subject: string;
  html: string;
  text: string;
  blob_id: number | null;
  kind: 'composed' | 'submitted' | 'forwarded';
  status: SentStatus;
  provider_id: string | null;
  idempotency_key: string | null;
  /** JSON. */
  headers: string;
  /** Id of the user whose right to send it leaves by; null when nobody is asked. */
  sent_by: number | null;
  scheduled_at: number | null;
  created_at: number;
  updated_at: number;
}

/** One recipient of it. */
export interface DeliveryRow {
  id: number;
  sent_id: number;
  recipient: string;
  domain: string;
  envelope_from: string;
  status: DeliveryStatus;
  attempts: number;
  /** What the other side said last. */
  answer: string | null;
  first_try_at: number | null;
  updated_at: number;
}

export interface SuppressionRow {
  id: number;
  tenant_id: string | null;
  address: string;
  reason: string;
  created_at: number;
}

export interface DkimKeyRow {
  domain: string;
  selector: string;
  /** PEM, sealed for purpose `mail.dkim`. */
  private_key: string;
  /** Base64 of the SubjectPublicKeyInfo. */
  public_key: string;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      mail_sent: SentRow;
      mail_deliveries: DeliveryRow;
      mail_suppressions: SuppressionRow;
      mail_dkim_keys: DkimKeyRow;
    }
  }
}

/** Whose they are. */
export const sendingTables = {
  mail_sent: { 'tenant.deleted': { by: 'mail/erasure.ts' }, 'user.deleted': { by: 'mail/erasure.ts' } },
  mail_suppressions: { 'tenant.deleted': 'tenant_id' },
} satisfies OwnedTables;
