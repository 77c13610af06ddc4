/** Somebody else has published meanwhile: what they wrote and what is written here become one text. */
import { Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useFocusBack } from 'patchbay-platform/ui';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';

const MergeEditor = lazy(() => import('./merge-editor.tsx'));

export interface Conflict {
  theirs: string;
  etag: string;
  version: string;
}

interface MergeDialogProps {
  conflict: Conflict;
  mine: string;
  onClose(): void;
  onMerged(text: string): void;
}

export function MergeDialog({ conflict, mine, onClose, onMerged }: MergeDialogProps) {
  const { t } = useTranslation('workflows');
  useFocusBack();
  const [text, setText] = useState(mine);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('editor.merge.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={false}
    >
      <Stack>
        <Text size="sm">{t('editor.merge.text', { version: conflict.version })}</Text>
        <Suspense fallback={<Skeleton height={300} />}>
          <MergeEditor theirs={conflict.theirs} mine={mine} onChange={setText} />
        </Suspense>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('editor.merge.later')}
          </Button>
          <Button onClick={() => onMerged(text)}>{t('editor.merge.done')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
