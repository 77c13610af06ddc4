/** Beside the answer of the inbox: a model suggests one, which a person reads, changes and sends. */
import { $api, type PlaceProps } from 'patchbay-platform/ui';
import { SuggestButton } from './suggest-button.tsx';

export default function SuggestForConversation({ subject, put }: PlaceProps<'robots.answer'>) {
  const suggest = $api.useMutation('post', '/api/platform/ai/conversations/{id}/suggest');
  return (
    <SuggestButton
      put={put}
      isBusy={suggest.isPending}
      ask={() => suggest.mutateAsync({ params: { path: { id: subject } } })}
    />
  );
}
