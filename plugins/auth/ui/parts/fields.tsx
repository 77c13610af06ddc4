/** Fields that several forms about people have. */
import { PasswordInput, TextInput } from '@mantine/core';
import { issueOf } from 'patchbay-platform/ui';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { openPageSession, registerOnPage } from '../bounds.ts';

interface FieldProps {
  value: string;
  onChange(value: string): void;
  error?: unknown;
}

/** The server's rule (docs/security.md). */
const SHORTEST_PASSWORD = 8;

export function EmailField({ value, onChange, error }: FieldProps) {
  const { t } = useTranslation('auth');
  return (
    <TextInput
      label={t('field.email')}
      type="email"
      autoComplete="username"
      required
      {...registerOnPage.email}
      value={value}
      error={issueOf(error, 'email', ['email_taken'])}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function NewPasswordField({ value, onChange, error }: FieldProps) {
  const { t } = useTranslation('auth');
  return (
    <PasswordInput
      label={t('field.newPassword')}
      description={t('field.passwordRule', { count: SHORTEST_PASSWORD })}
      autoComplete="new-password"
      required
      minLength={SHORTEST_PASSWORD}
      {...registerOnPage.password}
      value={value}
      error={issueOf(error, 'password', ['weak_password']) ?? issueOf(error, 'new_password')}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function PasswordField({ value, onChange, label }: FieldProps & { label: string }) {
  return (
    <PasswordInput
      label={label}
      autoComplete="current-password"
      required
      {...openPageSession.password}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** The code of the second factor, or one of the codes for the case that it is lost. It is what is to be written next. */
export function CodeField({ value, onChange, isFirst = false }: FieldProps & { isFirst?: boolean }) {
  const { t } = useTranslation('auth');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <TextInput
      label={t('field.code')}
      description={t(isFirst ? 'field.firstCodeHint' : 'field.codeHint')}
      autoComplete="one-time-code"
      ref={input}
      required
      {...openPageSession.otp}
      data-autofocus
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
    />
  );
}

export function NameField({ value, onChange, error }: FieldProps) {
  const { t } = useTranslation('auth');
  return (
    <TextInput
      label={t('field.name')}
      autoComplete="name"
      {...registerOnPage.full_name}
      value={value}
      error={issueOf(error, 'full_name')}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
