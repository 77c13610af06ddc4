/** What a licence or product allows, as JSON: `{ "export": true }`. */
import { JsonInput } from '@mantine/core';
import { isRecord, issueOf } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

interface EntitlementsProps {
  value: string;
  onChange(value: string): void;
  error: unknown;
}

export function EntitlementsInput({ value, onChange, error }: EntitlementsProps) {
  const { t } = useTranslation('licensing');
  return (
    <JsonInput
      label={t('entitlements.label')}
      description={t('entitlements.text')}
      placeholder={'{ "export": true }'}
      value={value}
      onChange={onChange}
      validationError={t('entitlements.wrong')}
      error={isEntitlements(value) ? issueOf(error, 'entitlements') : t('entitlements.wrong')}
      autosize
      minRows={2}
    />
  );
}

function isEntitlements(text: string): boolean {
  return text.trim() === '' || entitlementsOf(text) !== null;
}

/** Null for what is no JSON object; an empty text is an empty one. */
export function entitlementsOf(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

export function entitlementsText(value: Readonly<Record<string, unknown>>): string {
  return Object.keys(value).length === 0 ? '' : JSON.stringify(value, null, 2);
}
