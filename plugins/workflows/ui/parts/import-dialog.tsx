/** Definitions out of a file: all of them, or none when one is wrong. */
import { Alert, FileInput, List, Switch, Textarea } from '@mantine/core';
import { ApiError, api, FormModal, isRecord, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefresh } from './changes.ts';

export function ImportDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const { t } = useTranslation('workflows');
  const refresh = useRefresh();
  const [text, setText] = useState('');
  const [isActive, setActive] = useState(true);
  return (
    <FormModal
      title={t('import.title')}
      action={t('import.action')}
      size="lg"
      isOpen={isOpen}
      onClose={onClose}
      onSubmit={async () => {
        const body = { definitions: text, enabled: isActive };
        const { data } = await api.POST('/api/platform/workflows/import', { body });
        const count = data?.items.length ?? 0;
        notifyDone(t('import.done', { count }));
        setText('');
        await refresh();
      }}
    >
      {(error) => (
        <>
          <FileInput
            label={t('import.file')}
            description={t('import.fileText')}
            accept=".yaml,.yml,.json,application/yaml,application/json"
            clearable
            clearButtonProps={{ 'aria-label': t('import.clear') }}
            onChange={async (file) => setText(file ? await file.text() : '')}
          />
          <Textarea
            label={t('import.text')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autosize
            minRows={6}
            maxRows={16}
            required
            spellCheck={false}
          />
          <Switch
            label={t('import.enabled')}
            checked={isActive}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
          <Mistakes error={error} />
        </>
      )}
    </FormModal>
  );
}

/** What is wrong with definitions, line by line. */
function Mistakes({ error }: { error: unknown }) {
  const { t } = useTranslation('workflows');
  const found = error instanceof ApiError && Array.isArray(error.detail.errors) ? error.detail.errors : [];
  const lines = found.filter(isRecord).map(({ document, line, message, path }) => ({
    key: `${document} ${line} ${path} ${message}`,
    text: [
      typeof document === 'number' && t('import.document', { number: document + 1 }),
      typeof line === 'number' && t('import.line', { number: line }),
      String(message ?? ''),
    ]
      .filter(Boolean)
      .join(': '),
  }));
  if (lines.length === 0) return null;
  return (
    <Alert color="red" title={t('import.mistakes')}>
      <List size="sm">
        {lines.map(({ key, text }) => (
          <List.Item key={key}>{text}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
