/**
 * Asks for a link by mail. Where this server sends none, it is in the log, and whoever runs the server can give it. The answer is the same for every address: it tells
 * nobody who has an account here.
 */
import { CannotSendMail, useCanSendMail, useUrlState } from 'patchbay-platform/ui';
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
  const canSend = useCanSendMail();
  const [email, setEmail] = useState('');
  const links = [{ to: withPlace('/sign-in', to), title: t('signIn.back') }];
  const done = t(canSend ? 'mailed.text' : 'mailed.logged', { email });
  if (request.isSuccess) return <PublicDone title={title} text={done} links={links} />;
  return (
    <PublicForm
      title={title}
      {...(canSend && { text })}
      action={t(canSend ? 'mailed.action' : 'mailed.actionNoMail')}
      isBusy={request.isPending}
      error={request.error}
      onSubmit={() => request.mutate({ body: { email } })}
      links={links}
    >
      <CannotSendMail>{t('mailed.noMail')}</CannotSendMail>
      <EmailField value={email} onChange={setEmail} error={request.error} />
    </PublicForm>
  );
}
