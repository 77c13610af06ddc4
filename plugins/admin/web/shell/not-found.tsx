/** An address that no page has. */
import { Button, Container } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from '../kit/link.tsx';
import { Page } from '../kit/page.tsx';
import { EmptyState } from '../kit/states.tsx';

export default function NotFound() {
  const { t } = useTranslation();
  return (
    <Container py="xl">
      <Page title={t('notFound.title')}>
        <EmptyState
          title={location.pathname}
          text={t('notFound.text')}
          action={
            <Button component={Link} to="/">
              {t('notFound.home')}
            </Button>
          }
        />
      </Page>
    </Container>
  );
}
