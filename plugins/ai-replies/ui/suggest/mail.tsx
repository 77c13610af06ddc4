/** The same for a mail that is answered. */
import { $api, type PlaceProps } from 'patchbay-platform/ui';
import { SuggestButton } from './suggest-button.tsx';

export default function SuggestForMail({ subject, put }: PlaceProps<'mail.answer'>) {
  const suggest = $api.useMutation('post', '/api/platform/ai/mails/{id}/suggest');
  return (
    <SuggestButton
      put={put}
      isBusy={suggest.isPending}
      ask={() => suggest.mutateAsync({ params: { path: { id: subject } } })}
    />
  );
}
