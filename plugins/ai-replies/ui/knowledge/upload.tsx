/**
 * Files become documents: dropped here or chosen, also whole folders, sent one after the other; which were refused, and why, is
 * said. A ZIP, and rows of CSV or JSON, the server takes apart.
 */
import { Button, FileButton, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import IconUpload from '@tabler/icons-react/dist/esm/icons/IconUpload.mjs';
import { ApiError, Failure, notifyDone, send } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadAgain } from '../parts/ai-data.ts';
import { Imports, useImport } from './imports.tsx';
import { DOCUMENTS, FILES } from './knowledge-data.ts';
import { mediaTypeOf } from './media-type.ts';

const LONGEST_NAME = 200;
const ROWS = '.zip,.csv,.jsonl,.ndjson';
/** A browser lets a person choose a folder. */
const FOLDER = { webkitdirectory: '', multiple: true };
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
  const importFile = useImport(base);
  const put = async (chosen: readonly File[]) => {
    if (chosen.length === 0 || sending) return;
    for (const zip of chosen.filter(isZip)) importFile.mutate(zip);
    const files = chosen.filter((file) => !isZip(file) && !isHidden(file));
    if (files.length === 0) return;
    setRefused([]);
    const failed: { name: string; reason: string }[] = [];
    for (const [done, file] of files.entries()) {
      setSending({ done, total: files.length });
      const reason = await upload(base, file);
      if (reason !== null) failed.push({ name: pathOf(file), reason });
      await readAgain();
    }
    setSending(null);
    setRefused(failed);
    if (failed.length < files.length) notifyDone(t('upload.done', { count: files.length - failed.length }));
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
            <Text size="xs" c="dimmed">
              {t('upload.rowsText')}
            </Text>
          </div>
          <Group gap="xs">
            <FileButton accept={ROWS} onChange={(file) => file && importFile.mutate(file)}>
              {(props) => (
                <Button {...props} variant="default" loading={importFile.isPending}>
                  {t('upload.rows')}
                </Button>
              )}
            </FileButton>
            <FileButton multiple inputProps={FOLDER} onChange={(files) => void put(files)}>
              {(props) => (
                <Button {...props} variant="default" disabled={sending !== null}>
                  {t('upload.folder')}
                </Button>
              )}
            </FileButton>
            <FileButton multiple accept={`${ACCEPTED},.zip`} onChange={(files) => void put(files)}>
              {(props) => (
                <Button {...props} leftSection={<IconUpload size={16} aria-hidden />} loading={sending !== null}>
                  {t('upload.choose')}
                </Button>
              )}
            </FileButton>
          </Group>
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
          {importFile.error && <Failure error={importFile.error} />}
        </div>
        <Imports />
      </Stack>
    </Paper>
  );

  async function upload(id: string, file: File): Promise<string | null> {
    const name = new URLSearchParams({ name: pathOf(file).slice(-LONGEST_NAME) });
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

/** Within the folder that was chosen. */
function pathOf({ name, webkitRelativePath }: File): string {
  return webkitRelativePath || name;
}

function isZip({ name }: File): boolean {
  return /\.zip$/i.test(name);
}

/** What systems put into folders is not what anybody means. */
function isHidden(file: File): boolean {
  return /(?:^|\/)(?:\.|Thumbs\.db$|desktop\.ini$)/i.test(pathOf(file));
}
