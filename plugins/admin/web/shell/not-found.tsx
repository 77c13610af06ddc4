/** An address that no page has: inside the shell for who has signed in. */
import { Button, Container } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useVisitor } from '../client/me.ts';
import { Link } from '../kit/link.tsx';
import { Page } from '../kit/page.tsx';
import { EmptyState } from '../kit/states.tsx';

export default function NotFound() {
  return useVisitor() ? (
    <Nowhere />
  ) : (
    <Container py="xl">
      <Nowhere />
    </Container>
  );
}

function Nowhere() {
  const { t } = useTranslation();
  return (
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
  );
}
