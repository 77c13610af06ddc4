/** What a webhook answered to a call, or why it did not. */
import type { RowOf } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export type WebhookCall = RowOf<'/api/platform/mail/webhooks/{id}/calls'>;

export function useAnswerText(): (call: Pick<WebhookCall, 'status' | 'failure'>) => string {
  const { t } = useTranslation('mail');
  return ({ status, failure }) => {
    if (status !== null) return String(status);
    return failure ? t(`webhooks.why.${failure}`, { defaultValue: failure }) : '';
  };
}
