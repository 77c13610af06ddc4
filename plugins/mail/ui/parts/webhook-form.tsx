/** A new webhook: for whose mail, and which address is called. */
import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, FormModal, issueOf } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MailboxField } from './mailbox-field.tsx';

const LIST = '/api/platform/mail/webhooks';

export interface NewWebhook {
  url: string;
  secret: string;
  blocked: boolean;
}

interface WebhookFormProps {
  /** To begin with. */
  mailbox: string;
  onClose(): void;
  /** With the secret, which is shown this once. */
  onMade(made: NewWebhook): void;
}

export function WebhookForm({ mailbox: given, onClose, onMade }: WebhookFormProps) {
  const { t } = useTranslation('mail');
  const client = useQueryClient();
  const [mailbox, setMailbox] = useState(given);
  const [url, setUrl] = useState('');
  const submit = async () => {
    const { data } = await api.POST(LIST, { body: { mailbox: mailbox.trim(), url: url.trim() } });
    await client.invalidateQueries({ queryKey: ['get', LIST] });
    if (data) onMade(data);
  };
  return (
    <FormModal title={t('webhooks.add')} action={t('webhooks.add')} isOpen onClose={onClose} onSubmit={submit}>
      {(error) => (
        <>
          <MailboxField value={mailbox} onChange={setMailbox} error={issueOf(error, 'mailbox')} />
          <TextInput
            type="url"
            label={t('webhooks.url')}
            placeholder="https://"
            required
            value={url}
            description={t('webhooks.urlText')}
            error={issueOf(error, 'url')}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
        </>
      )}
    </FormModal>
  );
}
