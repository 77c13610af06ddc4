/** Where a page speaks of mail, on a server that sends none: what that means here, and for super-admins the way to change it. */
import { Alert, Anchor, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCanSendMail, useVisitor } from '../client/me.ts';
import { Link } from './link.tsx';

export interface CannotSendMailProps {
  /** What becomes of what this page would mail. */
  children: ReactNode;
}

export function CannotSendMail({ children }: CannotSendMailProps) {
  const { t } = useTranslation();
  const canSend = useCanSendMail();
  const visitor = useVisitor();
  if (canSend) return null;
  return (
    <Alert role="note" color="yellow" title={t('noMail.title')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{children}</Text>
        {visitor?.is_superadmin && (
          <Anchor component={Link} to="/settings/server/sending" size="sm" c="inherit" underline="always">
            {t('noMail.setUp')}
          </Anchor>
        )}
      </Stack>
    </Alert>
  );
}
