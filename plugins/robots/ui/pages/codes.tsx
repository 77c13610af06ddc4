/** Activation codes: super-admins make them, take them off phones and end them; administrators see those of theirs. */
import { Anchor, Button, Group, Menu } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTicket from '@tabler/icons-react/dist/esm/icons/IconTicket.mjs';
import {
  CopyButton,
  DataTable,
  EmptyState,
  Link,
  later,
  Money,
  Mono,
  Page,
  State,
  Time,
  useMe,
  useUrlState,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeHistory } from '../parts/code-history.tsx';
import { CODE_STATES, CODES, type Code } from '../parts/codes-data.ts';
import { DisableCode, UnbindCode } from '../parts/end-code.tsx';

const NewCodes = later(() => import('../parts/new-codes.tsx').then(({ NewCodes }) => NewCodes));
const MadeCodes = later(() => import('../parts/new-codes.tsx').then(({ MadeCodes }) => MadeCodes));

/** By the words that have a colour. */
const STATE_WORDS = { unused: 'draft', used: 'active', disabled: 'revoked', expired: 'expired' } as const;
type Asked = 'unbind' | 'disable' | 'history';

export default function Codes() {
  const { t } = useTranslation('robots');
  const isOperator = useMe().is_superadmin;
  const [address, setAddress] = useUrlState();
  const [asked, setAsked] = useState<{ code: string; what: Asked } | null>(null);
  const [made, setMade] = useState<readonly string[] | null>(null);
  const close = () => setAsked(null);
  const make = isOperator && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('codes.new')}
    </Button>
  );
  return (
    <Page title={t('codes.title')} intro={t('codes.intro')} actions={make}>
      <DataTable
        list={CODES}
        label={t('codes.title')}
        search={t('codes.search')}
        rowKey={({ code }) => code}
        filters={[
          {
            name: 'status',
            title: t('codes.status'),
            choices: CODE_STATES.map((value) => ({ value, label: t(`codes.is.${value}`) })),
          },
        ]}
        columns={[
          {
            id: 'code',
            title: t('codes.code'),
            width: 1.2,
            cell: ({ code }) => (
              <Group gap={4} wrap="nowrap" component="span">
                <Mono>{code}</Mono>
                <CopyButton value={code} label={t('codes.copyOne')} />
              </Group>
            ),
          },
          {
            id: 'status',
            title: t('codes.status'),
            onPhone: true,
            width: 0.8,
            cell: ({ status }) => <State value={STATE_WORDS[status]} text={t(`codes.is.${status}`)} />,
          },
          {
            id: 'days',
            title: t('codes.valid'),
            width: 0.8,
            cell: ({ validity_days }) => t('codes.forDays', { count: validity_days }),
          },
          { id: 'user', title: t('codes.user'), cell: ({ user_name }) => user_name ?? '–' },
          { id: 'device', title: t('codes.device'), width: 1.2, cell: (row) => <Device row={row} /> },
          {
            id: 'until',
            title: t('codes.until'),
            onPhone: true,
            cell: ({ expires_at }) => <Time at={expires_at} style="date" />,
          },
          {
            id: 'price',
            title: t('codes.price'),
            align: 'end',
            isExtra: true,
            cell: ({ price, currency }) => <Money amount={price} currency={currency} />,
          },
          {
            id: 'created',
            title: t('robot.created'),
            isExtra: true,
            cell: ({ created_at }) => <Time at={created_at} style="ago" />,
          },
          ...(isOperator
            ? [
                {
                  ...({ id: 'do', title: t('codes.do'), align: 'end', onPhone: true, width: 0.8 } as const),
                  cell: (row: Code) => <CodeMenu row={row} onAsk={(what) => setAsked({ code: row.code, what })} />,
                },
              ]
            : []),
        ]}
        empty={
          <EmptyState
            icon={<IconTicket size={24} />}
            title={t('codes.none')}
            text={t(isOperator ? 'codes.noneText' : 'codes.noneYours')}
            action={make}
          />
        }
      />
      {isOperator && address.new === '1' && <NewCodes onClose={() => setAddress({ new: null })} onMade={setMade} />}
      {made && <MadeCodes codes={made} onClose={() => setMade(null)} />}
      {asked?.what === 'unbind' && <UnbindCode code={asked.code} onClose={close} />}
      {asked?.what === 'disable' && <DisableCode code={asked.code} onClose={close} />}
      {asked?.what === 'history' && <CodeHistory code={asked.code} onClose={close} />}
    </Page>
  );
}

function Device({ row: { robot_id, device_id } }: { row: Code }) {
  const { t } = useTranslation('robots');
  if (robot_id === null) return '–';
  return (
    <Anchor component={Link} to={`/assistants/${robot_id}`} size="sm">
      {device_id ?? t('codes.robotAlone')}
    </Anchor>
  );
}

function CodeMenu({ row: { code, status, device_id }, onAsk }: { row: Code; onAsk(what: Asked): void }) {
  const { t } = useTranslation('robots');
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={t('codes.doWith', { code })}>
          {t('codes.change')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAsk('history')}>{t('codes.history')}</Menu.Item>
        {device_id !== null && <Menu.Item onClick={() => onAsk('unbind')}>{t('codes.unbind')}</Menu.Item>}
        {status !== 'disabled' && (
          <Menu.Item color="red" onClick={() => onAsk('disable')}>
            {t('codes.disable')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
