/** Where copies of backups lie, and which of them: a folder of the server, or a place away from it. */
import { Alert, Button, Group, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { api, Failure, isRecord, SchemaForm, useFormats } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OpenedRestore, StoreBody, StoreChoice } from './restore-views.ts';
import { answerOf } from './use-restore.ts';

interface Copies {
  items: { name: string; size_bytes: number; created_at: number; is_encrypted: boolean }[];
  host_key: string | null;
}
export interface RestoreStoreProps {
  opened: OpenedRestore;
  isDisabled: boolean;
  choice: StoreChoice | null;
  onChoose(choice: StoreChoice | null): void;
}

export function RestoreStore({ opened, isDisabled, choice, onChoose }: RestoreStoreProps) {
  const { t } = useTranslation('auth');
  const [kind, setKind] = useState<StoreBody['kind']>('folder');
  const [folder, setFolder] = useState(opened.folder);
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [copies, setCopies] = useState<Copies | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isAsking, setAsking] = useState(false);
  const schema = opened.stores.find((one) => one.kind === kind)?.schema;
  const value = isRecord(values[kind]) ? values[kind] : {};

  const forget = () => {
    setCopies(null);
    setError(null);
    onChoose(null);
  };
  const write = (next: unknown) => {
    forget();
    setValues((all) => ({ ...all, [kind]: next }));
  };
  const storeWith = (more: Record<string, unknown> = {}): StoreBody =>
    kind === 'folder' ? { kind, folder } : { kind, folder: '', [kind]: { ...value, ...more } };
  const ask = async (more: Record<string, unknown> = {}) => {
    forget();
    setAsking(true);
    try {
      const params = { path: { id: opened.id } };
      setCopies(
        await answerOf(api.POST('/api/platform/setup/restore/{id}/backups', { params, body: storeWith(more) })),
      );
    } catch (failure) {
      setError(failure);
    } finally {
      setAsking(false);
    }
  };
  const confirm = (fingerprint: string) => {
    setValues((all) => ({ ...all, [kind]: { ...value, fingerprint } }));
    void ask({ fingerprint });
  };

  return (
    <Stack>
      <Select
        label={t('restore.where')}
        value={kind}
        allowDeselect={false}
        disabled={isDisabled}
        data={[
          { value: 'folder', label: t('restore.folder') },
          ...opened.stores.map((one) => ({ value: one.kind, label: one.title })),
        ]}
        onChange={(next) => {
          forget();
          setKind((next ?? 'folder') as StoreBody['kind']);
        }}
      />
      {kind === 'folder' ? (
        <TextInput
          label={t('restore.path')}
          value={folder}
          disabled={isDisabled}
          onChange={(event) => {
            forget();
            setFolder(event.currentTarget.value);
          }}
        />
      ) : (
        <SchemaForm schema={schema} value={value} isDisabled={isDisabled} onChange={write} />
      )}
      <Group>
        <Button variant="default" loading={isAsking} disabled={isDisabled} onClick={() => void ask()}>
          {t('restore.list')}
        </Button>
      </Group>
      {error !== null && <Failure error={error} />}
      {copies?.host_key && <Unconfirmed hostKey={copies.host_key} onConfirm={confirm} />}
      {copies && !copies.host_key && (
        <Found
          copies={copies}
          choice={choice}
          isDisabled={isDisabled}
          onChoose={(name) => onChoose({ store: storeWith(), name })}
        />
      )}
    </Stack>
  );
}

function Unconfirmed({ hostKey, onConfirm }: { hostKey: string; onConfirm(fingerprint: string): void }) {
  const { t } = useTranslation('auth');
  return (
    <Alert color="yellow" title={t('restore.hostKey')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t('restore.hostKeyText')}</Text>
        <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {hostKey}
        </Text>
        <Button size="xs" variant="default" onClick={() => onConfirm(hostKey)}>
          {t('restore.hostKeyConfirm')}
        </Button>
      </Stack>
    </Alert>
  );
}

function Found({
  copies: { items },
  choice,
  isDisabled,
  onChoose,
}: {
  copies: Copies;
  choice: StoreChoice | null;
  isDisabled: boolean;
  onChoose(name: string): void;
}) {
  const { t } = useTranslation('auth');
  const formats = useFormats();
  if (items.length === 0) return <Text role="status">{t('restore.none')}</Text>;
  return (
    <Radio.Group label={t('restore.which')} value={choice?.name ?? null} onChange={onChoose}>
      <Stack gap="xs" mt={4}>
        {items.map(({ name, size_bytes, created_at, is_encrypted }) => (
          <Radio
            key={name}
            value={name}
            disabled={isDisabled}
            label={formats.dateTime(created_at)}
            description={`${name} · ${formats.bytes(size_bytes)}${is_encrypted ? ` · ${t('restore.encrypted')}` : ''}`}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
