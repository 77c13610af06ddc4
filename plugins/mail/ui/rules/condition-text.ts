/** The conditions of a rule in words. */
import { useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { Conditions } from './rule.ts';

export function useConditionText(): (conditions: Conditions) => string {
  const { t } = useTranslation('mail');
  const { bytes } = useFormats();
  return ({ sender, subject, larger_than, smaller_than, ...results }) => {
    const parts = [
      sender && t('rules.if.sender', { text: sender }),
      subject && t('rules.if.subject', { text: subject }),
      larger_than !== undefined && t('rules.if.larger', { size: bytes(larger_than) }),
      smaller_than !== undefined && t('rules.if.smaller', { size: bytes(smaller_than) }),
      ...(['spf', 'dkim', 'dmarc'] as const).map(
        (method) => results[method] && `${method.toUpperCase()}: ${results[method].join(', ')}`,
      ),
    ].filter((part) => typeof part === 'string' && part !== '');
    return parts.length === 0 ? t('rules.if.always') : parts.join(t('rules.if.and'));
  };
}
