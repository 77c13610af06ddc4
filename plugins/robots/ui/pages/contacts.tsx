/** Contacts: who has written to robots, or was written to. */
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs';
import { DataTable, EmptyState, Page, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useChannelName } from '../channels/channel-name.ts';
import { useContactPlace } from '../contacts/contact-place.ts';
import { CONSENTS, CONTACTS } from '../contacts/contacts-data.ts';

export default function Contacts() {
  const { t } = useTranslation('robots');
  const nameOf = useChannelName();
  const placeOf = useContactPlace();
  return (
    <Page title={t('contacts.title')} intro={t('contacts.intro')}>
      <DataTable
        list={CONTACTS}
        label={t('contacts.title')}
        search={t('contacts.search')}
        rowKey={({ id }) => id}
        to={({ id }) => `/inbox/contacts/${id}`}
        defaultSort="-last_seen_at"
        live={['robot.message']}
        filters={[
          {
            name: 'consent',
            title: t('contacts.consent'),
            choices: CONSENTS.map((value) => ({ value, label: t(`contacts.consents.${value}`) })),
          },
          {
            name: 'opted_out',
            title: t('contacts.wish'),
            choices: [
              { value: 'true', label: t('contacts.optedOut') },
              { value: 'false', label: t('contacts.noWish') },
            ],
          },
        ]}
        columns={[
          { id: 'name', title: t('list.name'), width: 1.6, cell: ({ name }) => name },
          {
            id: 'consent',
            title: t('contacts.consent'),
            onPhone: true,
            cell: ({ consent, opted_out }) =>
              opted_out ? <State value="revoked" text={t('contacts.optedOut')} /> : t(`contacts.consents.${consent}`),
          },
          { id: 'notes', title: t('contacts.notes'), width: 2, cell: ({ notes }) => notes || '–' },
          {
            id: 'robot',
            title: t('contacts.robot'),
            cell: (contact) => placeOf(contact) || '–',
          },
          {
            id: 'identity',
            title: t('contacts.identity'),
            isExtra: true,
            cell: ({ is_proved }) => t(is_proved ? 'contacts.proved' : 'contacts.unproved'),
          },
          { id: 'channel', title: t('contacts.channel'), isExtra: true, cell: ({ channel }) => nameOf(channel) },
          {
            id: 'seen',
            title: t('contacts.seen'),
            sort: 'last_seen_at',
            onPhone: true,
            cell: ({ last_seen_at }) => <Time at={last_seen_at} style="ago" />,
          },
        ]}
        empty={<EmptyState icon={<IconUsers size={24} />} title={t('contacts.none')} text={t('contacts.noneText')} />}
      />
    </Page>
  );
}
