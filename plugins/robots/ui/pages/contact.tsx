/** One contact: what is known and noted, what was agreed to, the conversations; merging and erasing. */
import { Anchor, Button, Menu, Text } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import {
  $api,
  AboutPerson,
  Confirm,
  DataTable,
  EmptyState,
  Facts,
  Link,
  Loaded,
  notifyDone,
  Page,
  Panel,
  State,
  Time,
  useMay,
  useParam,
  useRouter,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChannelName } from '../channels/channel-name.ts';
import { addressesOf } from '../contacts/contact-addresses.ts';
import { ContactForm } from '../contacts/contact-form.tsx';
import { useContactPlace } from '../contacts/contact-place.ts';
import { CONTACT, type Contact, useReadContactsAgain } from '../contacts/contacts-data.ts';
import { LinkedContacts } from '../contacts/linked.tsx';
import { MergeForm } from '../contacts/merge-form.tsx';
import { Namesakes } from '../contacts/namesakes.tsx';
import { CONVERSATIONS } from '../inbox/place.ts';

export default function ContactPage() {
  const { t } = useTranslation('robots');
  const id = useParam('id');
  const contact = $api.useQuery('get', CONTACT, { params: { path: { id } } });
  return (
    <Page
      title={contact.data?.name ?? t('contacts.one')}
      trail={[{ title: t('contacts.title'), to: '/inbox/contacts' }]}
      actions={contact.data && <Actions contact={contact.data} />}
    >
      <Loaded of={contact}>
        {(data) => (
          <>
            <About contact={data} />
            {data.name !== '' && <Namesakes contact={data} />}
            <LinkedContacts contact={data} />
            <Conversations id={id} />
            <Panel title={t('contacts.known')}>
              <AboutPerson addresses={addressesOf(data)} without={['robots.conversations']} />
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ contact }: { contact: Contact }) {
  const { t } = useTranslation('robots');
  const { go } = useRouter();
  const [open, setOpen] = useState<'change' | 'merge' | 'erase' | null>(null);
  const readAgain = useReadContactsAgain();
  const erase = $api.useMutation('delete', CONTACT);
  // Who administers the tenant sees its log too.
  const mayAdminister = useMay()('robots.log');
  const { id, name } = contact;
  const close = () => setOpen(null);
  return (
    <>
      <Button variant="default" onClick={() => setOpen('change')}>
        {t('contacts.change')}
      </Button>
      {mayAdminister && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
              {t('robot.more')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setOpen('merge')}>{t('contacts.merge')}</Menu.Item>
            <Menu.Item component="a" href={`${CONTACT.replace('{id}', id)}/export`} download>
              {t('contacts.export')}
            </Menu.Item>
            <Menu.Item color="red" onClick={() => setOpen('erase')}>
              {t('contacts.erase')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {open === 'change' && <ContactForm contact={contact} onClose={close} />}
      {open === 'merge' && <MergeForm contact={contact} onClose={close} />}
      <Confirm
        title={t('contacts.erase')}
        name={name}
        action={t('contacts.erase')}
        isOpen={open === 'erase'}
        onClose={close}
        onConfirm={async () => {
          await erase.mutateAsync({ params: { path: { id } } });
          go('/inbox/contacts');
          await readAgain('gone');
          notifyDone(t('contacts.erased', { name }));
        }}
      >
        {t('contacts.eraseText')}
      </Confirm>
    </>
  );
}

function About({ contact }: { contact: Contact }) {
  const { t } = useTranslation('robots');
  const nameOf = useChannelName();
  const placeOf = useContactPlace();
  const { channel, consent, opted_out, fields, notes, is_proved, room, name } = contact;
  return (
    <Panel title={t('contacts.about')}>
      <Facts
        of={[
          [t('contacts.identity'), t(is_proved ? 'contacts.proved' : 'contacts.unproved')],
          [t('contacts.consent'), t(`contacts.consents.${consent}`)],
          opted_out && [t('contacts.wish'), <State key="out" value="revoked" text={t('contacts.optedOut')} />],
          ...Object.entries(fields).map(([name, value]) => [name, String(value)] as const),
          [t('contacts.channel'), [nameOf(channel), placeOf(contact)].filter(Boolean).join(' · ')],
          [t('contacts.seen'), <Time key="seen" at={contact.last_seen_at} style="ago" />],
          [t('contacts.since'), <Time key="since" at={contact.created_at} style="date" />],
        ]}
      />
      {!is_proved && (
        <Text size="sm" c="dimmed">
          {t(room === '' ? 'contacts.unprovedText' : 'contacts.unprovedInRoom', { name, room })}
        </Text>
      )}
      {notes !== '' && <Text style={{ whiteSpace: 'pre-wrap' }}>{notes}</Text>}
    </Panel>
  );
}

function Conversations({ id }: { id: string }) {
  const { t } = useTranslation('robots');
  return (
    <Panel title={t('inbox.list')}>
      <DataTable
        list={CONVERSATIONS}
        fixed={{ contact: id }}
        label={t('inbox.list')}
        rowKey={(row) => row.id}
        live={['robot.message', 'conversation.*']}
        columns={[
          {
            id: 'last',
            title: t('contacts.lastText'),
            width: 2.5,
            cell: (row) => (
              <Anchor component={Link} to={`/inbox?contact=${id}&conversation=${row.id}`} size="sm">
                {row.last_text || t('inbox.noText')}
              </Anchor>
            ),
          },
          { id: 'group', title: t('contacts.group'), cell: ({ group }) => group || '–' },
          { id: 'robot', title: t('inbox.robot'), cell: ({ robot_name }) => robot_name },
          {
            id: 'state',
            title: t('list.status'),
            onPhone: true,
            cell: ({ state }) => <State value={state} text={t(`inbox.state.${state}`)} />,
          },
          {
            id: 'when',
            title: t('contacts.when'),
            onPhone: true,
            cell: ({ last_message_at }) => <Time at={last_message_at} style="ago" />,
          },
        ]}
        empty={<EmptyState title={t('contacts.noConversation')} />}
      />
    </Panel>
  );
}
