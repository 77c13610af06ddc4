/** What people do: with undo where it can be undone, and the name to write where it cannot. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../client/api-error.ts';
import { messageOf } from './message.ts';

const UNDO_MS = 6_000;

/** Says that something is done, to screen readers too. */
export function tellDone(message: string, undo?: () => unknown): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    message: undo ? <WithUndo id={id} message={message} undo={undo} /> : message,
    color: 'teal',
    autoClose: undo ? UNDO_MS : 4_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': i18next.t('close') },
  });
}

export function tellFailed(error: unknown): void {
  const requestId = error instanceof ApiError ? error.requestId : null;
  notifications.show({
    ...{
      color: 'red',
      withBorder: true,
      autoClose: 12_000,
      closeButtonProps: { 'aria-label': i18next.t('close') },
      title: messageOf(error, i18next.t('failure.offline')),
    },
    message: requestId ? `${i18next.t('failure.requestId')} ${requestId}` : '',
  });
}

/** Does something a moment later, unless it is undone; who closes the page before has not done it. */
export function doUnlessUndone(message: string, run: () => Promise<unknown>, undone?: () => void): void {
  let isUndone = false;
  tellDone(message, () => {
    isUndone = true;
    undone?.();
  });
  setTimeout(() => {
    if (isUndone) return;
    run().catch((error) => {
      tellFailed(error);
      undone?.();
    });
  }, UNDO_MS);
}

function WithUndo({ id, message, undo }: { id: string; message: string; undo: () => unknown }) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{message}</Text>
      <Button
        size="compact-xs"
        variant="light"
        onClick={() => {
          notifications.hide(id);
          undo();
        }}
      >
        {t('undo')}
      </Button>
    </Group>
  );
}

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
