/** Texts that a fresh installation has: in the language of the page, for as long as nobody has written others. */
import { useTranslation } from 'react-i18next';

const KEYS: Readonly<Record<string, string>> = {
  Free: 'free',
  Starter: 'starter',
  Pro: 'pro',
  Business: 'business',
  'Self-hosted': 'selfHosted',
  'To look around': 'freeText',
  'For one person': 'starterText',
  'For a small team': 'proText',
  'Messages without limit': 'businessText',
  'Everything, without limit, for who runs this server': 'selfHostedText',
  'Please contact us to pay. Your plan starts when we have received the payment.': 'instructions',
};

export function useGiven(): (text: string) => string {
  const { t } = useTranslation('billing');
  return (text) => (Object.hasOwn(KEYS, text) ? t(`given.${KEYS[text]}`) : text);
}
