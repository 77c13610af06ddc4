/** What is done with a licence: made longer, changed, suspended and resumed, ended for good. */
import { Button, Menu, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { $api, Confirm, FormModal, issueOf, notifyDone, notifyFailed, useCanSendMail } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { renewLicence, suspendLicence } from '../bounds.ts';
import { usualDays } from './choices.ts';
import { type ShownLicence, useReadLicencesAgain, useSendCode } from './shown-licence.ts';
import { UpgradeForm } from './upgrade-form.tsx';

export function LicenceActions({ licence }: { licence: ShownLicence }) {
  const { t } = useTranslation('licensing');
  const [open, setOpen] = useState<'renew' | 'change' | 'revoke' | null>(null);
  const [reason, setReason] = useState('');
  const canSend = useCanSendMail();
  const { send } = useSendCode(licence);
  const readAgain = useReadLicencesAgain();
  const suspend = $api.useMutation('post', '/api/platform/licensing/licences/{id}/suspend');
  const resume = $api.useMutation('post', '/api/platform/licensing/licences/{id}/resume');
  const revoke = $api.useMutation('post', '/api/platform/licensing/licences/{id}/revoke');
  const { license_id: id, status, valid_until } = licence;
  const path = { id };
  const close = () => setOpen(null);
  if (status === 'revoked') return null;

  const suspendIt = async () => {
    await suspend.mutateAsync({ params: { path }, body: {} });
    await readAgain();
  };
  const resumeIt = async () => {
    await resume.mutateAsync({ params: { path } });
    await readAgain();
  };
  const toggle = async () => {
    const isSuspended = status === 'suspended';
    await (isSuspended ? resumeIt() : suspendIt());
    notifyDone(t(isSuspended ? 'licence.resumed' : 'licence.suspended'), () =>
      (isSuspended ? suspendIt() : resumeIt()).catch(notifyFailed),
    );
  };
  return (
    <>
      {valid_until !== null && <Button onClick={() => setOpen('renew')}>{t('licence.renew')}</Button>}
      <Button variant="default" onClick={() => setOpen('change')}>
        {t('licence.change')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            {t('licence.more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {canSend && status === 'active' && (
            <Menu.Item onClick={() => send().catch(notifyFailed)}>{t('licence.sendCode')}</Menu.Item>
          )}
          <Menu.Item onClick={() => toggle().catch(notifyFailed)}>
            {t(status === 'suspended' ? 'licence.resume' : 'licence.suspend')}
          </Menu.Item>
          <Menu.Item color="red" onClick={() => setOpen('revoke')}>
            {t('licence.revoke')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'renew' && <RenewForm licence={licence} onClose={close} />}
      {open === 'change' && <UpgradeForm licence={licence} onClose={close} />}
      <Confirm
        title={t('licence.revoke')}
        name={id}
        action={t('licence.revoke')}
        isOpen={open === 'revoke'}
        onClose={close}
        onConfirm={async () => {
          await revoke.mutateAsync({ params: { path }, body: { reason } });
          await readAgain();
          notifyDone(t('licence.revoked'));
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('licence.revokeText')}</Text>
          <TextInput
            label={t('licence.reason')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            {...suspendLicence.reason}
          />
        </Stack>
      </Confirm>
    </>
  );
}

function RenewForm({ licence, onClose }: { licence: ShownLicence; onClose(): void }) {
  const { t } = useTranslation('licensing');
  const [days, setDays] = useState<number | ''>('');
  // The same try sent twice adds the days once.
  const [key] = useState(() => crypto.randomUUID());
  const readAgain = useReadLicencesAgain();
  const renew = $api.useMutation('post', '/api/platform/licensing/licences/{id}/renew');
  const submit = async () => {
    const params = { path: { id: licence.license_id } };
    await renew.mutateAsync({ params, body: { idempotency_key: key, ...(days !== '' && { days }) } });
    await readAgain();
    notifyDone(t('licence.renewed'));
  };
  return (
    <FormModal title={t('licence.renew')} action={t('licence.renew')} isOpen onClose={onClose} onSubmit={submit}>
      {(error) => (
        <NumberInput
          label={t('licences.days')}
          description={t('licence.renewText')}
          placeholder={usualDays(licence.plan)}
          value={days}
          onChange={(value) => setDays(typeof value === 'number' ? value : '')}
          {...renewLicence.days}
          error={issueOf(error, 'days')}
          data-autofocus
        />
      )}
    </FormModal>
  );
}
