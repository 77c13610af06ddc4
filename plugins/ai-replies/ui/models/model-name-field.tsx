/** The name of a model, written, or chosen from those that the address lists. */
import { Autocomplete, Button, Group } from '@mantine/core';
import { $api, issueOf, messageOf, tellFailed } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { addAiProvider } from '../bounds.ts';

export interface ModelNameFieldProps {
  kind: string;
  baseUrl: string;
  apiKey: string;
  /** The provider that is changed, whose key may be used at its address. */
  provider: string | null;
  value: string;
  onChange(value: string): void;
  /** Before the address is called. */
  prepare(): Promise<void>;
  error: unknown;
}

export function ModelNameField({
  kind,
  baseUrl,
  apiKey,
  provider,
  value,
  onChange,
  prepare,
  error,
}: ModelNameFieldProps) {
  const { t } = useTranslation('ai-replies');
  const { t: words } = useTranslation();
  const list = $api.useMutation('post', '/api/platform/ai/model-names');
  const isListed = kind === 'openai-compatible' || kind === 'anthropic';
  const ask = async () => {
    if (!isListed) return;
    await prepare();
    const key = apiKey.trim();
    list.mutate({
      body: { kind, base_url: baseUrl.trim(), ...(key && { api_key: key }), ...(provider !== null && { provider }) },
    });
  };
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Autocomplete
        flex={1}
        label={t(kind === 'coze' ? 'form.bot' : 'models.model')}
        description={t('form.modelText')}
        data={list.data?.names ?? []}
        value={value}
        onChange={onChange}
        limit={100}
        {...addAiProvider.model}
        error={list.error ? messageOf(list.error, words('failure.offline')) : issueOf(error, 'model')}
      />
      {isListed && (
        <Button
          variant="default"
          loading={list.isPending}
          disabled={!/^https?:\/\/./.test(baseUrl)}
          onClick={() => void ask().catch(tellFailed)}
        >
          {t('form.listModels')}
        </Button>
      )}
    </Group>
  );
}
