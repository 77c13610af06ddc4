/** The link of an invitation, to be given by hand. It is shown once; a new one is made as often as somebody asks. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { CannotSendMail, CopyButton, useCanSendMail } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

export interface MadeLink {
  email: string;
  link: string;
  /** One that takes the place of an earlier one; otherwise the invitation is new, and mailed. */
  isAnother: boolean;
}

export function InvitationLink({ made, onClose }: { made: MadeLink | null; onClose(): void }) {
  const { t } = useTranslation('auth');
  const canSend = useCanSendMail();
  return (
    <Modal
      opened={made !== null}
      onClose={onClose}
      title={t('invitations.linkFor', { email: made?.email })}
      closeButtonProps={{ 'aria-label': t('invitations.closeLink') }}
      closeOnClickOutside={false}
      size="lg"
    >
      <Stack>
        <CannotSendMail>{t('invitations.byHand')}</CannotSendMail>
        {canSend && !made?.isAnother && <Text size="sm">{t('invitations.mailedToo', { email: made?.email })}</Text>}
        <TextInput
          label={t('invitations.link')}
          description={t(made?.isAnother ? 'invitations.linkAgainText' : 'invitations.linkText')}
          value={made?.link ?? ''}
          readOnly
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          rightSection={<CopyButton value={made?.link ?? ''} label={t('invitations.copyLink')} />}
        />
        <Text size="sm" c="dimmed">
          {t('invitations.linkProves')}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('invitations.closeLink')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
