/** Asks before what cannot be undone; the name of what will be gone has to be written where much depends on it. */
import { Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormModal } from './form-modal.tsx';
import type { VersionedForm } from './versioned-form.tsx';

export interface ConfirmProps {
  title: string;
  /** What will be gone. */
  children: ReactNode;
  /** What has to be written before it is done; null asks for nothing. */
  name: string | null;
  action: string;
  isOpen: boolean;
  onClose(): void;
  /** By `versioned.act` of what others may have changed since it was seen. */
  onConfirm(): Promise<unknown>;
  versioned?: Pick<VersionedForm, 'changed'>;
}

export function Confirm({ title, children, name, action, isOpen, onClose, onConfirm, versioned }: ConfirmProps) {
  const { t } = useTranslation();
  const [written, setWritten] = useState('');
  const isSure = name === null || written.trim() === name;
  return (
    <FormModal
      title={title}
      action={action}
      isOpen={isOpen}
      onClose={onClose}
      color="red"
      isReady={isSure}
      onSubmit={onConfirm}
      versioned={versioned}
      isAct
    >
      {() => (
        <>
          <Text size="sm" component="div">
            {children}
          </Text>
          {name !== null && (
            <TextInput
              label={t('confirm.write', { name })}
              value={written}
              onChange={(event) => setWritten(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
        </>
      )}
    </FormModal>
  );
}
