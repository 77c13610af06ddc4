/** Asks for a link by mail. The answer is the same for every address: it tells nobody who has an account here. */
import { useUrlState } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmailField } from './fields.tsx';
import { withPlace } from './other-ways.tsx';
import { PublicDone, PublicForm } from './public-form.tsx';

interface MailRequestProps {
  title: string;
  text: string;
  request: {
    mutate(wish: { body: { email: string } }): void;
    isPending: boolean;
    isSuccess: boolean;
    error: unknown;
  };
}

export function MailRequest({ title, text, request }: MailRequestProps) {
  const { t } = useTranslation('auth');
  const [{ to }] = useUrlState();
  const [email, setEmail] = useState('');
  const links = [{ to: withPlace('/sign-in', to), title: t('signIn.back') }];
  if (request.isSuccess) return <PublicDone title={title} text={t('mailed.text', { email })} links={links} />;
  return (
    <PublicForm
      title={title}
      text={text}
      action={t('mailed.action')}
      isBusy={request.isPending}
      error={request.error}
      onSubmit={() => request.mutate({ body: { email } })}
      links={links}
    >
      <EmailField value={email} onChange={setEmail} error={request.error} />
    </PublicForm>
  );
}
