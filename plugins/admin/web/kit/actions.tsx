/** Says what was done and what failed, with undo where it can be undone. */
import { Button, Group, Text } from '@mantine/core';
import { type NotificationData, notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../client/api-error.ts';
import { loadAll } from '../i18n/i18n.ts';
import { t as textOf } from '../i18n/texts.ts';
import { hasSpoken } from './has-spoken.ts';
import { meaningOf, messageOf, requestIdOf } from './message.ts';

const UNDO_MS = 6_000;

/** Says that something is done, to screen readers too. */
export function notifyDone(message: string, undo?: () => unknown): void {
  const id = crypto.randomUUID();
  say({
    id,
    message: undo ? <WithUndo id={id} message={message} undo={undo} /> : message,
    color: 'teal',
    autoClose: undo ? UNDO_MS : 4_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': textOf('close') },
  });
}

/** Says what was done otherwise than was wished, or wants to be looked at. */
export function notifyWarning(message: string): void {
  say({
    message,
    color: 'yellow',
    autoClose: 12_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': textOf('close') },
  });
}

/** Says what went wrong, in the words of the plugin that refused. */
export function notifyFailed(error: unknown): void {
  if (error instanceof ApiError && meaningOf(error) === null) void loadAll().then(() => sayFailed(error));
  else sayFailed(error);
}

function sayFailed(error: unknown): void {
  const requestId = requestIdOf(error);
  say({
    color: 'red',
    withBorder: true,
    autoClose: 12_000,
    closeButtonProps: { 'aria-label': textOf('close') },
    title: messageOf(error, textOf('failure.offline')),
    message: requestId ? `${textOf('failure.requestId')} ${requestId}` : '',
  });
}

function say(message: NotificationData): void {
  hasSpoken.set(true);
  notifications.show(message);
}

/** Does something a moment later, unless it is undone; who closes the page before has not done it. */
export function doUnlessUndone(message: string, run: () => Promise<unknown>, undone?: () => void): void {
  let isUndone = false;
  notifyDone(message, () => {
    isUndone = true;
    undone?.();
  });
  setTimeout(() => {
    if (isUndone) return;
    run().catch((error) => {
      notifyFailed(error);
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
