/** The name of a model, written, or chosen from those that the address lists. */
import { Autocomplete, Button, Group } from '@mantine/core';
import { $api, issueOf, messageOf, notifyFailed } from 'patchbay-platform/ui';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { addAiProvider, listAiModelNames } from '../bounds.ts';
import { isNotAllowed } from './allow-local.tsx';
import { hostOf } from './provider-draft.ts';

/** Kinds whose addresses say what they have. */
const LISTED = listAiModelNames.kind.values;

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
  /** The server may not call the address until it is allowed. */
  onRefused(): void;
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
  onRefused,
  error,
}: ModelNameFieldProps) {
  const { t } = useTranslation('ai-replies');
  const { t: words } = useTranslation();
  const list = $api.useMutation('post', '/api/platform/ai/model-names');
  const field = useRef<HTMLInputElement>(null);
  const listed = LISTED.find((one) => one === kind);
  const ask = async () => {
    if (!listed) return;
    await prepare();
    const key = apiKey.trim();
    const body = {
      kind: listed,
      base_url: baseUrl.trim(),
      ...(key && { api_key: key }),
      ...(provider !== null && { provider }),
    };
    list.mutate(
      { body },
      {
        // With the focus in it, the field shows the names.
        onSuccess: () => setTimeout(() => field.current?.focus()),
        onError: (refused) => isNotAllowed(refused) && onRefused(),
      },
    );
  };
  const isRefused = isNotAllowed(list.error);
  const refusal = list.error
    ? isRefused
      ? t('form.allowFirst', { host: hostOf(baseUrl) ?? baseUrl })
      : messageOf(list.error, words('failure.offline'))
    : undefined;
  const names = list.data?.names;
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Autocomplete
        flex={1}
        label={t(kind === 'coze' ? 'form.bot' : 'models.model')}
        description={names ? t('form.listed', { count: names.length }) : t('form.modelText')}
        ref={field}
        data={names ?? []}
        value={value}
        onChange={onChange}
        limit={100}
        inputWrapperOrder={['label', 'description', 'error', 'input']}
        {...addAiProvider.model}
        error={refusal ?? issueOf(error, 'model')}
      />
      {listed && (
        <Button
          variant="default"
          loading={list.isPending}
          disabled={!/^https?:\/\/./.test(baseUrl)}
          onClick={() => void ask().catch(notifyFailed)}
        >
          {t('form.listModels')}
        </Button>
      )}
    </Group>
  );
}
