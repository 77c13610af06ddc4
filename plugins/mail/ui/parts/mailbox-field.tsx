/** A field for one of the mailboxes that somebody sees: the first of them are offered, any may be written; an only one is chosen. */
import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useRows } from 'patchbay-platform/ui';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

const OFFERED = 20;
const WRITING_MS = 200;

interface MailboxFieldProps {
  value: string;
  onChange(address: string): void;
  error?: ReactNode;
  label?: string;
  disabled?: boolean;
}

export function MailboxField({ value, onChange, error, label, disabled = false }: MailboxFieldProps) {
  const { t } = useTranslation('mail');
  const [asked] = useDebouncedValue(value.trim().toLowerCase(), WRITING_MS);
  const { data } = useRows('/api/platform/mail/mailboxes', {
    query: { sort: 'address', ...(asked && { address: asked }) },
    limit: OFFERED,
  });
  const [first, second] = data ?? [];
  const only = asked === '' && second === undefined ? first?.address : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, so that it may be taken out again
  useEffect(() => {
    if (only !== undefined && value === '' && !disabled) onChange(only);
  }, [only]);
  return (
    <Autocomplete
      label={label ?? t('rules.mailbox')}
      required
      disabled={disabled}
      value={value}
      onChange={onChange}
      error={error}
      data={data?.map(({ address }) => address) ?? []}
      limit={OFFERED}
    />
  );
}
