/** Asks before what cannot be undone; the name of what will be gone has to be written where much depends on it. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tellFailed } from './actions.tsx';

export interface ConfirmProps {
  title: string;
  /** What will be gone. */
  children: ReactNode;
  /** What has to be written before it is done; null asks for nothing. */
  name: string | null;
  action: string;
  isOpen: boolean;
  onClose(): void;
  onConfirm(): Promise<unknown>;
}

/** For what cannot be undone. */
export function Confirm({ title, children, name, action, isOpen, onClose, onConfirm }: ConfirmProps) {
  const { t } = useTranslation();
  const [written, setWritten] = useState('');
  const [isBusy, setBusy] = useState(false);
  const isSure = name === null || written.trim() === name;
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      tellFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isSure) void confirm();
        }}
      >
        <Stack>
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
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button color="red" type="submit" disabled={!isSure} loading={isBusy}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
