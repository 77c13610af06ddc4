/** Who one speaks with: what is noted, earlier conversations, and what other plugins know of them by their address. */
import { ActionIcon, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { $api, AboutPerson, Link, Loaded, Sheet, State, Time, useRows } from 'patchbay-platform/ui';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addressesOf } from '../contacts/contact-addresses.ts';
import { ContactForm } from '../contacts/contact-form.tsx';
import { CONTACT, type Contact } from '../contacts/contacts-data.ts';
import { CONVERSATION, CONVERSATIONS } from './place.ts';

const EARLIER = 5;
/** They stand above already, by the contact itself. */
const OWN = ['robots.conversations'];

/** The pane at the right. */
export function ContactPane({ id, onClose }: { id: string; onClose(): void }) {
  const { t } = useTranslation('robots');
  return (
    <>
      <Group justify="space-between" p="sm" pb={0} wrap="nowrap">
        <Title order={2} size="h5">
          {t('contacts.one')}
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label={t('inbox.hideContact')} onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <ContactPanel id={id} />
    </>
  );
}

/** The same over the page, where there is no room beside it. */
export function ContactSheet({ id, onClose }: { id: string; onClose(): void }) {
  const { t } = useTranslation('robots');
  return (
    <Sheet title={t('contacts.one')} onClose={onClose} size="md">
      <ContactPanel id={id} />
    </Sheet>
  );
}

function ContactPanel({ id }: { id: string }) {
  const conversation = $api.useQuery('get', CONVERSATION, { params: { path: { id } } });
  const contactId = conversation.data?.contact_id ?? '';
  const contact = $api.useQuery('get', CONTACT, { params: { path: { id: contactId } } }, { enabled: contactId !== '' });
  return (
    <Stack gap="md" p="sm" style={{ overflowY: 'auto' }}>
      <Loaded of={contact} lines={6}>
        {(known) => (
          <>
            <About contact={known} />
            <Earlier contact={known.id} conversation={id} />
            <AboutPerson addresses={addressesOf(known)} without={OWN} />
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function About({ contact }: { contact: Contact }) {
  const { t } = useTranslation('robots');
  const [isChanging, setChanging] = useState(false);
  const { id, name, is_proved, consent, opted_out, fields, notes } = contact;
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Anchor component={Link} to={`/inbox/contacts/${id}`} fw={600} truncate>
          {name || t('contacts.one')}
        </Anchor>
        <Button size="compact-xs" variant="default" onClick={() => setChanging(true)}>
          {t('contacts.change')}
        </Button>
      </Group>
      {opted_out && <State value="revoked" text={t('contacts.optedOut')} />}
      <Text size="xs" c="dimmed">
        {t(is_proved ? 'contacts.proved' : 'contacts.unproved')}
      </Text>
      <Stack component="dl" gap={6} m={0}>
        {Object.entries(fields).map(([field, value]) => (
          <Noted key={field} name={field}>
            {String(value)}
          </Noted>
        ))}
        <Noted name={t('contacts.consent')}>{t(`contacts.consents.${consent}`)}</Noted>
        <Noted name={t('contacts.since')}>
          <Time at={contact.created_at} style="date" />
        </Noted>
      </Stack>
      {notes !== '' && (
        <Text size="sm" lineClamp={8} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {notes}
        </Text>
      )}
      {isChanging && <ContactForm contact={contact} onClose={() => setChanging(false)} />}
    </Stack>
  );
}

/** One above the other: the pane is narrow. */
function Noted({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </div>
  );
}

function Earlier({ contact, conversation }: { contact: string; conversation: string }) {
  const { t } = useTranslation('robots');
  const rows = useRows(CONVERSATIONS, { query: { contact }, limit: EARLIER + 1 });
  return (
    <section aria-label={t('inbox.earlier')}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Title order={3} size="h6">
          {t('inbox.earlier')}
        </Title>
        <Anchor component={Link} to={`/inbox/contacts/${contact}`} size="xs">
          {t('inbox.allEarlier')}
        </Anchor>
      </Group>
      <Loaded of={rows} lines={2}>
        {(found) => {
          const others = found.filter(({ id }) => id !== conversation).slice(0, EARLIER);
          if (others.length === 0)
            return (
              <Text size="sm" c="dimmed">
                {t('inbox.noEarlier')}
              </Text>
            );
          return (
            <Stack component="ul" gap={6} p={0} m={0} mt={4}>
              {others.map(({ id, last_text, state, last_message_at, robot_name }) => (
                <li key={id} style={{ listStyle: 'none' }}>
                  <Group justify="space-between" gap="xs" wrap="nowrap">
                    <Anchor component={Link} to={`/inbox?contact=${contact}&conversation=${id}`} size="sm" truncate>
                      {last_text || t('inbox.noText')}
                    </Anchor>
                    <State value={state} text={t(`inbox.state.${state}`)} />
                  </Group>
                  <Text size="xs" c="dimmed" component="div" truncate>
                    {robot_name} · <Time at={last_message_at} style="ago" />
                  </Text>
                </li>
              ))}
            </Stack>
          );
        }}
      </Loaded>
    </section>
  );
}
