/** All mailboxes that somebody sees, with what is new in them, and making another. */
import { ActionIcon, Badge, Button, Group, Text, Tooltip } from '@mantine/core';
import IconPin from '@tabler/icons-react/dist/esm/icons/IconPin.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSettings from '@tabler/icons-react/dist/esm/icons/IconSettings.mjs';
import IconStar from '@tabler/icons-react/dist/esm/icons/IconStar.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import {
  api,
  DataTable,
  EmptyState,
  Link,
  Page,
  type RowOf,
  Time,
  useFormats,
  useMay,
  useUrlState,
} from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { NewMailbox } from '../parts/new-mailbox.tsx';

type Mailbox = RowOf<'/api/platform/mail/mailboxes'>;

export default function Mailboxes() {
  const { t } = useTranslation('mail');
  const may = useMay();
  const [state, set] = useUrlState();
  const mayMake = may('mail.rules');
  const yesNo = [
    { value: 'true', label: t('yes') },
    { value: 'false', label: t('no') },
  ];
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => set({ new: '1' })}>
      {t('mailboxes.make')}
    </Button>
  );
  const change = (id: number, body: { pinned?: boolean; favorite?: boolean }) =>
    api.PATCH('/api/platform/mail/mailboxes/{id}', { params: { path: { id } }, body });
  return (
    <Page title={t('mailboxes.title')} intro={t('mailboxes.intro')} actions={mayMake && make}>
      <DataTable
        list="/api/platform/mail/mailboxes"
        label={t('mailboxes.title')}
        rowKey={({ id }) => String(id)}
        to={({ address }) => `/mail?mailbox=${encodeURIComponent(address)}`}
        defaultSort="-created_at"
        live={['mail.received', 'mailbox.created', 'mailbox.expired']}
        filters={[
          { name: 'address', title: t('mailboxes.find'), kind: 'text' },
          { name: 'pinned', title: t('mailboxes.pinned'), choices: yesNo },
          { name: 'favorite', title: t('mailboxes.favorite'), choices: yesNo },
        ]}
        columns={[
          { id: 'address', title: t('mailboxes.address'), width: 3, sort: 'address', cell: ({ address }) => address },
          {
            id: 'unread',
            title: t('mailboxes.unread'),
            onPhone: true,
            cell: ({ unread }) =>
              unread > 0 ? (
                <Badge radius="sm" tt="none">
                  {t('mailboxes.new', { count: unread })}
                </Badge>
              ) : (
                <Text c="dimmed">–</Text>
              ),
          },
          {
            id: 'last',
            title: t('mailboxes.last'),
            width: 1.4,
            cell: ({ last_mail_at }) => <Time at={last_mail_at} style="ago" />,
          },
          { id: 'kept', title: t('mailboxes.kept'), width: 1.5, onPhone: true, cell: (box) => <Kept box={box} /> },
          {
            id: 'forward',
            title: t('mailboxes.forward'),
            width: 2,
            isExtra: true,
            cell: ({ forward_to }) => forward_to ?? '–',
          },
          {
            id: 'created',
            title: t('mailboxes.created'),
            sort: 'created_at',
            isExtra: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          {
            id: 'settings',
            title: t('mailboxes.settings'),
            align: 'end',
            onPhone: true,
            cell: ({ id, address }) => (
              <Tooltip label={t('mailboxes.settings')}>
                <ActionIcon
                  component={Link}
                  to={`/mail/mailboxes/${id}`}
                  variant="subtle"
                  color="gray"
                  aria-label={t('mailboxes.settingsOf', { address })}
                >
                  <IconSettings size={18} />
                </ActionIcon>
              </Tooltip>
            ),
          },
        ]}
        {...(mayMake && {
          bulk: [
            {
              id: 'pin',
              title: t('mailboxes.pin'),
              icon: <IconPin size={14} aria-hidden />,
              run: ({ id }: Mailbox) => change(id, { pinned: true }),
            },
            { id: 'unpin', title: t('mailboxes.unpin'), run: ({ id }: Mailbox) => change(id, { pinned: false }) },
            {
              id: 'delete',
              title: t('mailboxes.delete'),
              icon: <IconTrash size={14} aria-hidden />,
              color: 'red',
              question: (count: number) => t('mailboxes.deleteMany', { count }),
              run: ({ id }: Mailbox) => api.DELETE('/api/platform/mail/mailboxes/{id}', { params: { path: { id } } }),
            },
          ],
        })}
        empty={
          <EmptyState
            title={t('mailboxes.empty')}
            text={mayMake ? t('mailboxes.emptyText') : t('mailboxes.emptyForbidden')}
            action={mayMake && make}
          />
        }
      />
      {mayMake && <NewMailbox isOpen={state.new === '1'} onClose={() => set({ new: null })} />}
    </Page>
  );
}

/** Why it stays, or when it goes. */
function Kept({ box }: { box: Mailbox }) {
  const { t } = useTranslation('mail');
  const { ago } = useFormats();
  const { pinned, favorite, expires_at } = box;
  if (!pinned && !favorite && expires_at !== null)
    return (
      <Text component="span" size="sm">
        {t('mailboxes.goes', { time: ago(expires_at) })}
      </Text>
    );
  return (
    <Group gap={4} wrap="nowrap">
      {favorite && <IconStar size={14} aria-hidden />}
      {pinned && <IconPin size={14} aria-hidden />}
      <Text component="span" size="sm">
        {favorite ? t('mailboxes.isFavorite') : pinned ? t('mailboxes.isPinned') : t('mailboxes.forEver')}
      </Text>
    </Group>
  );
}
