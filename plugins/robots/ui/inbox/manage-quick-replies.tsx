/** The quick replies beside an open conversation, kept without leaving it. */
import { Modal } from '@mantine/core';
import { useFocusBack } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { RepliesList } from './quick-replies-list.tsx';

interface ManageQuickRepliesProps {
  conversation: string;
  onClose(): void;
}

export function ManageQuickReplies({ conversation, onClose }: ManageQuickRepliesProps) {
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
