/** Whether models may see what is written here, who would speak then, and which words neither gets: an entry of the organisation's settings. */
import { Stack, Switch, TagsInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, api, Loaded, notifyDone, notifyFailed, Page, Panel } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { SETTINGS, Speakers } from '../parts/ai-page.tsx';

type Values = Readonly<Record<string, unknown>>;

export default function ConsentPage() {
  const { t } = useTranslation('ai-replies');
  const queries = useQueryClient();
  const settings = $api.useQuery('get', SETTINGS);
  const change = async (values: Values, before: Values) => {
    try {
      await api.PATCH(SETTINGS, { body: { settings: values } });
      notifyDone(t('consent.saved'), () => change(before, values));
    } catch (error) {
      notifyFailed(error);
    } finally {
      await queries.invalidateQueries({ queryKey: ['get', SETTINGS] });
    }
  };
  return (
    <Page title={t('consent.title')} intro={t('consent.intro')}>
      <Loaded of={settings} lines={3}>
        {({ settings: { ai_consent_enabled: isAllowed, ai_sensitive_words: words } }) => (
          <Stack>
            <Panel title={t('consent.models')}>
              <Switch
                label={t('consent.switch')}
                description={t('consent.switchHint')}
                checked={isAllowed === true}
                onChange={(event) =>
                  void change({ ai_consent_enabled: event.currentTarget.checked }, { ai_consent_enabled: isAllowed })
                }
              />
              {isAllowed !== true && <Speakers />}
            </Panel>
            <Panel title={t('consent.held')}>
              <TagsInput
                label={t('consent.words')}
                description={t('consent.wordsHint')}
                value={Array.isArray(words) ? words.map(String) : []}
                onChange={(next) => void change({ ai_sensitive_words: next }, { ai_sensitive_words: words })}
                clearable={false}
              />
            </Panel>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
