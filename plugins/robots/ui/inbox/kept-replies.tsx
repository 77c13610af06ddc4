/** The quick replies beside an open conversation, kept without leaving it. */
import { Modal } from '@mantine/core';
import { useFocusBack } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { RepliesList } from './replies-list.tsx';

interface KeptRepliesProps {
  conversation: string;
  onClose(): void;
}

export function KeptReplies({ conversation, onClose }: KeptRepliesProps) {
  const { t } = useTranslation('robots');
  useFocusBack();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('replies.keep')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <RepliesList conversation={conversation} />
    </Modal>
  );
}
