/** A provider as it stands in the configuration file, to be copied; its key stays out of it. */
import { Group, Modal, Stack, Text } from '@mantine/core';
import { CodeView, CopyButton } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { Provider } from '../parts/ai-data.ts';

export function FileDialog({ provider, onClose }: { provider: Provider; onClose(): void }) {
  const { t } = useTranslation('ai-replies');
  const lines = linesOf(provider);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('file.title', { name: provider.name })}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <Stack gap="sm">
        <Text size="sm">{t(provider.source === 'config' ? 'file.change' : 'file.move')}</Text>
        <CodeView label={t('file.lines')} value={lines} language="yaml" />
        <Group justify="flex-end">
          <CopyButton value={lines} />
        </Group>
      </Stack>
    </Modal>
  );
}

function linesOf({ name, kind, base_url, model, pictures, tools, schemas, price, hours, has_key }: Provider): string {
  const settings = [
    `kind: ${kind}`,
    `baseUrl: ${JSON.stringify(base_url ?? 'https://…')}`,
    `model: ${JSON.stringify(model)}`,
    has_key && 'apiKey: "…"',
    pictures && 'pictures: true',
    !tools && 'tools: false',
    schemas && 'schemas: true',
    (price.input > 0 || price.output > 0) && `price: { input: ${price.input}, output: ${price.output} }`,
    hours && `hours: { zone: ${hours.zone}, from: "${hours.from}", to: "${hours.to}" }`,
  ].flatMap((line) => (line ? [`        ${line}`] : []));
  return ['plugins:', '  ai-replies:', '    providers:', `      ${name}:`, ...settings, ''].join('\n');
}
