/** Activation codes, for super-admins: made, handed out, taken off a phone, ended. */
import { Button, Group, Menu, Pagination, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTicket from '@tabler/icons-react/dist/esm/icons/IconTicket.mjs';
import { $api, CopyButton, EmptyState, Link, Loaded, later, Mono, Page, State, Time, useUrlState } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CODE_STATES, CODES, type Code } from '../parts/codes-data.ts';
import { nameOfDevice } from '../parts/device.ts';
import { DisableCode, UnbindCode } from '../parts/end-code.tsx';

const NewCodes = later(() => import('../parts/new-codes.tsx').then(({ NewCodes }) => NewCodes));
const MadeCodes = later(() => import('../parts/new-codes.tsx').then(({ MadeCodes }) => MadeCodes));

const PAGE_ROWS = 20;

export default function Codes() {
  const { t } = useTranslation('robots');
  const [address, setAddress] = useUrlState();
  const status = CODE_STATES.find((one) => one === address.status);
  const page = Math.max(1, Math.trunc(Number(address.page ?? 1)) || 1);
  const codes = $api.useQuery('get', CODES, {
    params: { query: { page, pageSize: PAGE_ROWS, ...(status && { status }) } },
  });
  const [asked, setAsked] = useState<{ code: string; what: 'unbind' | 'disable' } | null>(null);
  const [made, setMade] = useState<readonly string[] | null>(null);
  const close = () => setAsked(null);
  const make = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAddress({ new: '1' })}>
      {t('codes.new')}
    </Button>
  );
  return (
    <Page title={t('codes.title')} intro={t('codes.intro')} actions={make}>
      <SegmentedControl
        w="fit-content"
        maw="100%"
        aria-label={t('codes.status')}
        value={status ?? 'all'}
        onChange={(value) => setAddress({ status: value === 'all' ? null : value, page: null })}
        data={[
          { value: 'all', label: t('list.all') },
          ...CODE_STATES.map((value) => ({ value, label: t(`codes.is.${value}`) })),
        ]}
      />
      <Loaded of={codes}>
        {({ data: { total, list } }) =>
          list.length === 0 ? (
            <EmptyState
              icon={<IconTicket size={24} />}
              title={t(status ? 'codes.noneSuch' : 'codes.none')}
              text={status ? undefined : t('codes.noneText')}
              action={status ? undefined : make}
            />
          ) : (
            <Stack>
              <Rows list={list} onAsk={(code, what) => setAsked({ code, what })} />
              {total > PAGE_ROWS && (
                <Pagination
                  total={Math.ceil(total / PAGE_ROWS)}
                  value={page}
                  onChange={(next) => setAddress({ page: next === 1 ? null : String(next) }, { replace: false })}
                  getControlProps={(control) => ({ 'aria-label': t(`list.${control}`) })}
                />
              )}
            </Stack>
          )
        }
      </Loaded>
      {address.new === '1' && <NewCodes onClose={() => setAddress({ new: null })} onMade={setMade} />}
      {made && <MadeCodes codes={made} onClose={() => setMade(null)} />}
      {asked?.what === 'unbind' && <UnbindCode code={asked.code} onClose={close} />}
      {asked?.what === 'disable' && <DisableCode code={asked.code} onClose={close} />}
    </Page>
  );
}

interface RowsProps {
  list: readonly Code[];
  onAsk(code: string, what: 'unbind' | 'disable'): void;
}

function Rows({ list, onAsk }: RowsProps) {
  const { t } = useTranslation('robots');
  return (
    <Table verticalSpacing="sm" aria-label={t('codes.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('codes.code')}</Table.Th>
          <Table.Th>{t('codes.status')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('codes.days')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('codes.user')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('codes.device')}</Table.Th>
          <Table.Th visibleFrom="md">{t('codes.until')}</Table.Th>
          <Table.Th ta="end">{t('codes.do')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {list.map((row) => (
          <Table.Tr key={row.code}>
            <Table.Td>
              <Group gap={4} wrap="nowrap">
                <Mono>{row.code}</Mono>
                <CopyButton value={row.code} label={t('codes.copyOne')} />
              </Group>
            </Table.Td>
            <Table.Td>
              <State value={STATE_WORDS[row.status]} text={t(`codes.is.${row.status}`)} />
            </Table.Td>
            <Table.Td visibleFrom="sm">{t('codes.forDays', { count: row.validityPeriod })}</Table.Td>
            <Table.Td visibleFrom="sm">{row.boundUser?.nickname ?? '–'}</Table.Td>
            <Table.Td visibleFrom="sm">
              {row.robotId === null ? (
                '–'
              ) : (
                <Link to={`/robots/${row.robotId}`}>{nameOfDevice(row.deviceInfo) ?? t('list.noDevice')}</Link>
              )}
            </Table.Td>
            <Table.Td visibleFrom="md">
              <Time at={row.expiresAt} style="date" />
            </Table.Td>
            <Table.Td ta="end">
              <CodeMenu row={row} onAsk={onAsk} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** By the words that have a colour. */
const STATE_WORDS = { unused: 'draft', used: 'active', disabled: 'revoked', expired: 'expired' } as const;

function CodeMenu({ row: { code, status, deviceInfo }, onAsk }: { row: Code; onAsk: RowsProps['onAsk'] }) {
  const { t } = useTranslation('robots');
  if (status === 'disabled') return <Text size="sm">–</Text>;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={t('codes.doWith', { code })}>
          {t('codes.change')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {deviceInfo !== null && <Menu.Item onClick={() => onAsk(code, 'unbind')}>{t('codes.unbind')}</Menu.Item>}
        <Menu.Item color="red" onClick={() => onAsk(code, 'disable')}>
          {t('codes.disable')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
