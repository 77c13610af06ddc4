/** First steps: one's name, in a sheet. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, type StepProps } from 'patchbay-platform/ui';
import { PROFILE, ProfileForm } from '../parts/profile-form.tsx';

export default function ProfileStep({ onClose }: StepProps) {
  const queries = useQueryClient();
  const profile = $api.useQuery('get', PROFILE);
  const readAgain = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['get', PROFILE] }),
      queries.invalidateQueries({ queryKey: ['me'] }),
    ]);
  return profile.data ? <ProfileForm profile={profile.data} onClose={onClose} readAgain={readAgain} /> : null;
}
