/** Makes a mailbox, with a name or a random one, where this person may. */
import { Checkbox, Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { $api, FormModal, Loaded, notifyDone, useFormats, useRouter } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MAILBOXES } from '../reader/use-mails.ts';
import { createMailbox } from './kept-mailbox.ts';

interface NewMailboxProps {
  isOpen: boolean;
  onClose(): void;
  /** Where one stays on the page; else it is opened in the reader. */
  staysHere?: boolean;
}

export function NewMailbox({ isOpen, onClose, staysHere = false }: NewMailboxProps) {
  const { t } = useTranslation('mail');
  const { go } = useRouter();
  const { duration } = useFormats();
  const client = useQueryClient();
  const allowance = $api.useQuery('get', '/api/platform/mail/allowance', {}, { enabled: isOpen });
  const [kind, setKind] = useState('named');
  const [local, setLocal] = useState('');
  const [domain, setDomain] = useState<string | null>(null);
  // A name is chosen for what is to last, a random one for what is not.
  const [isKept, setKept] = useState(true);
  const submit = async () => {
    const wish = { ...(kind === 'named' && { local: local.trim() }), ...(domain !== null && { domain }) };
    const data = await createMailbox(wish, kind === 'named' && isKept);
    await client.invalidateQueries({ queryKey: ['get', MAILBOXES] });
    void client.invalidateQueries({ queryKey: ['get', '/api/platform/mail/allowance'] });
    if (!data) return;
    notifyDone(t('mailboxes.made', { address: data.address }));
    setLocal('');
    if (!staysHere) go(`/mail?mailbox=${encodeURIComponent(data.address)}`);
  };
  return (
    <FormModal
      title={t('mailboxes.make')}
      action={t('mailboxes.make')}
      isOpen={isOpen}
      onClose={onClose}
      onSubmit={submit}
    >
      {() => (
        <Loaded of={allowance} lines={3}>
          {({ domains, mailboxes, mailbox_seconds }) =>
            domains.length === 0 ? (
              <Text size="sm">{t('mailboxes.noDomains')}</Text>
            ) : (
              <>
                <SegmentedControl
                  aria-label={t('mailboxes.kind')}
                  value={kind}
                  onChange={setKind}
                  data={[
                    { value: 'named', label: t('mailboxes.named') },
                    { value: 'random', label: t('mailboxes.random') },
                  ]}
                />
                <Group gap="xs" align="flex-end" wrap="nowrap">
                  {kind === 'named' && (
                    <TextInput
                      label={t('mailboxes.name')}
                      required
                      data-autofocus
                      autoComplete="off"
                      flex={1}
                      value={local}
                      onChange={(event) => setLocal(event.currentTarget.value)}
                    />
                  )}
                  <Select
                    label={t('mailboxes.domain')}
                    data={domains}
                    value={domain ?? domains[0] ?? null}
                    onChange={setDomain}
                    allowDeselect={false}
                    flex={1}
                  />
                </Group>
                {kind === 'named' && mailbox_seconds > 0 && (
                  <Checkbox
                    label={t('mailboxes.keep')}
                    checked={isKept}
                    onChange={(event) => setKept(event.currentTarget.checked)}
                  />
                )}
                <Text size="sm" c="dimmed">
                  {mailbox_seconds > 0 && !(kind === 'named' && isKept)
                    ? t('mailboxes.life', { time: duration(mailbox_seconds * 1000) })
                    : t('mailboxes.lifeForEver')}{' '}
                  {mailboxes.limit !== null && t('mailboxes.quota', { used: mailboxes.used, limit: mailboxes.limit })}
                </Text>
              </>
            )
          }
        </Loaded>
      )}
    </FormModal>
  );
}
