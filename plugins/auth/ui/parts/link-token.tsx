/** The secret of a mailed or printed link. Its page does nothing by itself: programs that look into mails open links too. */
import { EmptyState, Page, useUrlState } from 'patchbay-platform/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface WithTokenProps {
  title: string;
  children: (token: string) => ReactNode;
}

/** The page of a link that has its token; what to do about one that was cut off. */
export function WithToken({ title, children }: WithTokenProps) {
  const { t } = useTranslation('auth');
  const [{ token }] = useUrlState();
  if (token) return children(token);
  return (
    <Page title={title}>
      <EmptyState title={t('token.missing')} text={t('token.missingText')} />
    </Page>
  );
}
