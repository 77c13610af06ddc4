/** The second factor: an app that shows codes, and codes for the case that it is lost. */
import { Button, Code, Group, Modal, SimpleGrid, Stack, Text } from '@mantine/core';
import {
  announceSignedIn,
  api,
  CopyButton,
  FormModal,
  notifyDone,
  notifyFailed,
  Panel,
  State,
  useMe,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeField } from './fields.tsx';
import { QrPicture } from './qr-picture.tsx';

export function SecondFactorPanel() {
  const { t } = useTranslation('auth');
  const { has_second_factor: isOn } = useMe();
  const [begun, setBegun] = useState<{ secret: string; otpauth_url: string } | null>(null);
  const [isEnding, setEnding] = useState(false);
  const [code, setCode] = useState('');
  const [recovery, setRecovery] = useState<readonly string[] | null>(null);

  const begin = async () => {
    try {
      const { data } = await api.POST('/api/platform/auth/totp');
      setBegun(data ?? null);
    } catch (error) {
      notifyFailed(error);
    }
  };
  const confirm = async () => {
    const { data } = await api.POST('/api/platform/auth/totp/confirm', { body: { code } });
    setRecovery(data?.recovery_codes ?? null);
    setCode('');
    announceSignedIn();
  };
  const end = async () => {
    await api.DELETE('/api/platform/auth/totp', { body: { code } });
    setCode('');
    announceSignedIn();
    notifyDone(t('totp.isOff'));
  };
  return (
    <Panel
      title={t('totp.title')}
      actions={<State value={isOn ? 'active' : 'off'} text={t(isOn ? 'totp.on' : 'totp.off')} />}
    >
      <Text size="sm">{t(isOn ? 'totp.textOn' : 'totp.text')}</Text>
      <Group>
        {isOn ? (
          <Button variant="default" onClick={() => setEnding(true)}>
            {t('totp.end')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => void begin()}>
            {t('totp.begin')}
          </Button>
        )}
      </Group>
      <FormModal
        title={t('totp.begin')}
        action={t('totp.confirm')}
        isOpen={begun !== null}
        onClose={() => setBegun(null)}
        onSubmit={confirm}
      >
        {() => (
          <Stack>
            <Text size="sm">{t('totp.scan')}</Text>
            <Group justify="center">{begun && <QrPicture text={begun.otpauth_url} label={t('totp.qr')} />}</Group>
            <Text size="sm">{t('totp.byHand')}</Text>
            <Group gap={4} wrap="nowrap">
              <Code>{begun?.secret}</Code>
              <CopyButton value={begun?.secret ?? ''} label={t('totp.copySecret')} />
            </Group>
            <CodeField value={code} onChange={setCode} isFirst />
          </Stack>
        )}
      </FormModal>
      <FormModal
        title={t('totp.end')}
        action={t('totp.end')}
        isOpen={isEnding}
        onClose={() => setEnding(false)}
        onSubmit={end}
      >
        {() => <CodeField value={code} onChange={setCode} />}
      </FormModal>
      <RecoveryCodes codes={recovery} onClose={() => setRecovery(null)} />
    </Panel>
  );
}

function RecoveryCodes({ codes, onClose }: { codes: readonly string[] | null; onClose(): void }) {
  const { t } = useTranslation('auth');
  return (
    <Modal
      opened={codes !== null}
      onClose={onClose}
      title={t('totp.isOn')}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack>
        <Text size="sm">{t('totp.recovery')}</Text>
        <SimpleGrid cols={2} spacing="xs">
          {codes?.map((one) => (
            <Code key={one}>{one}</Code>
          ))}
        </SimpleGrid>
        <Group justify="space-between">
          <CopyButton value={codes?.join('\n') ?? ''} label={t('totp.copyCodes')} />
          <Button data-autofocus onClick={onClose}>
            {t('totp.kept')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
