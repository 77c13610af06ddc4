/** Files become documents: dropped here or chosen, sent one after the other; which were refused, and why, is said. */
import { Button, FileButton, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import IconUpload from '@tabler/icons-react/dist/esm/icons/IconUpload.mjs';
import { ApiError, send, tellDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { DOCUMENTS, FILES } from './knowledge-data.ts';
import { mediaTypeOf } from './media-type.ts';

const LONGEST_NAME = 200;
const ACCEPTED = '.txt,.md,.markdown,.html,.htm,.pdf,.docx,.xlsx,.pptx,.csv';

interface Sending {
  done: number;
  total: number;
}

export function Upload({ base }: { base: string }) {
  const { t } = useTranslation('ai-replies');
  const [isOver, setOver] = useState(false);
  const [sending, setSending] = useState<Sending | null>(null);
  const [refused, setRefused] = useState<readonly { name: string; reason: string }[]>([]);
  const readAgain = useReadAgain(DOCUMENTS);
  const put = async (files: readonly File[]) => {
    if (files.length === 0 || sending) return;
    setRefused([]);
    const failed: { name: string; reason: string }[] = [];
    for (const [done, file] of files.entries()) {
      setSending({ done, total: files.length });
      const reason = await upload(base, file);
      if (reason !== null) failed.push({ name: file.name, reason });
      await readAgain();
    }
    setSending(null);
    setRefused(failed);
    if (failed.length < files.length) tellDone(t('upload.done', { count: files.length - failed.length }));
  };
  return (
    <Paper
      withBorder
      radius="md"
      p="md"
      component="section"
      aria-label={t('upload.title')}
      bg={isOver ? 'var(--mantine-primary-color-light)' : undefined}
      style={{ borderStyle: 'dashed' }}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void put([...event.dataTransfer.files]);
      }}
    >
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <div>
            <Text size="sm" fw={500}>
              {t('upload.drop')}
            </Text>
            <Text size="xs" c="dimmed">
              {t('upload.kinds')}
            </Text>
          </div>
          <FileButton multiple accept={ACCEPTED} onChange={(files) => void put(files)}>
            {(props) => (
              <Button {...props} leftSection={<IconUpload size={16} aria-hidden />} loading={sending !== null}>
                {t('upload.choose')}
              </Button>
            )}
          </FileButton>
        </Group>
        <div role="status">
          {sending && (
            <Stack gap={4}>
              <Text size="xs">{t('upload.progress', { done: sending.done + 1, total: sending.total })}</Text>
              <Progress value={(100 * (sending.done + 0.5)) / sending.total} animated aria-label={t('upload.title')} />
            </Stack>
          )}
          {refused.map(({ name, reason }) => (
            <Text key={name} size="sm" c="red">
              {name}: {reason}
            </Text>
          ))}
        </div>
      </Stack>
    </Paper>
  );

  async function upload(id: string, file: File): Promise<string | null> {
    const name = new URLSearchParams({ name: file.name.slice(0, LONGEST_NAME) });
    const path = `${FILES.replace('{id}', encodeURIComponent(id))}?${name}`;
    try {
      const answer = await send(path, { method: 'POST', body: file, headers: { 'content-type': mediaTypeOf(file) } });
      // What is not read keeps its connection, of which a browser has few.
      await answer.text();
      return null;
    } catch (error) {
      if (error instanceof ApiError) return t(`error.${error.code}`, { defaultValue: error.message });
      return t('shell:failure.offline');
    }
  }
}
