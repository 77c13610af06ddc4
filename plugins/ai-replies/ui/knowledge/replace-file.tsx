/** Another file in place of the one that a document was read from, when nobody else has put one there meanwhile. */
import { Button, FileButton } from '@mantine/core';
import { ifVersion, notifyDone, notifyFailed, send } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { KnowledgeDocument } from './knowledge-data.ts';
import { mediaTypeOf } from './media-type.ts';

interface ReplaceFileProps {
  document: KnowledgeDocument;
  /** Its address. */
  file: string;
  onDone(): Promise<void>;
}

export function ReplaceFile({ document, file, onDone }: ReplaceFileProps) {
  const { t } = useTranslation('ai-replies');
  const replace = async (chosen: File | null) => {
    if (!chosen) return;
    const headers = { 'content-type': mediaTypeOf(chosen), ...ifVersion(document.version) };
    try {
      await (await send(file, { method: 'PUT', body: chosen, headers })).text();
      notifyDone(t('documents.reading'));
    } catch (error) {
      notifyFailed(error);
    }
    await onDone();
  };
  return (
    <FileButton onChange={(chosen) => void replace(chosen)}>
      {(props) => (
        <Button {...props} variant="default">
          {t('documents.replace')}
        </Button>
      )}
    </FileButton>
  );
}
