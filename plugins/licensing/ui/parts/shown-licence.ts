/** One licence as its page has it, and how it is read again after a change. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, type AnswerOf, notifyDone } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { type LICENCE, LICENCES } from './choices.ts';

export type ShownLicence = AnswerOf<typeof LICENCE>;

/** Everything that shows licences is read again. */
export function useReadLicencesAgain(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    client.invalidateQueries({
      predicate: ({ queryKey: [, path] }) =>
        typeof path === 'string' && (path.startsWith(LICENCES) || path === '/api/admin/stats'),
    });
}

/** Mails the code to the customer; when it was not delivered the licence says so itself. */
export function useSendCode({ license_id: id, email }: ShownLicence): { send(): Promise<void>; isSending: boolean } {
  const { t } = useTranslation('licensing');
  const readAgain = useReadLicencesAgain();
  const send = $api.useMutation('post', '/api/platform/licensing/licences/{id}/send-code');
  return {
    isSending: send.isPending,
    async send() {
      const { mail_failure } = await send.mutateAsync({ params: { path: { id } } });
      await readAgain();
      if (mail_failure === null) notifyDone(t('licence.codeSent', { email }));
    },
  };
}
