/** One setting of the organisation, saved when nobody else has changed the settings meanwhile; taken back by undo. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, api, tellDone, tellFailed } from 'patchbay/ui';
import { useTranslation } from 'react-i18next';

const SETTINGS = '/api/platform/auth/settings';
export type SettingName = 'robots_working_hours' | 'robots_rating' | 'robots_message_days';

export function useSettings() {
  return $api.useQuery('get', SETTINGS);
}

/** Throws what is refused. */
export function useSaveSetting(): (
  name: SettingName,
  value: unknown,
  before: unknown,
  version: string,
) => Promise<void> {
  const { t } = useTranslation('robots');
  const queries = useQueryClient();
  const put = (settings: Record<string, unknown>, header: { 'If-Match'?: string }) =>
    api
      .PATCH(SETTINGS, { params: { header }, body: { settings } })
      .finally(() => queries.invalidateQueries({ queryKey: ['get', SETTINGS] }));
  return async (name, value, before, version) => {
    await put({ [name]: value }, { 'If-Match': `"${version}"` });
    tellDone(t('settings.saved'), () => put({ [name]: before }, {}).catch(tellFailed));
  };
}
