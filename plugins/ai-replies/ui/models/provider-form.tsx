/** A provider of one's own: where it is, which model, with which key, what it can do and what it costs. */
import {
  Button,
  Checkbox,
  Group,
  type InputWrapperProps,
  NumberInput,
  PasswordInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { $api, api, FormModal, issueOf, notifyDone, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addAiProvider } from '../bounds.ts';
import { PROVIDER, PROVIDERS, type Provider, useReadAgain } from '../parts/ai-data.ts';
import { AllowLocal, allowHost, isNotAllowed } from './allow-local.tsx';
import { ListPriceText } from './list-price-text.tsx';
import { withListPrice } from './list-prices.ts';
import { ModelNameField } from './model-name-field.tsx';
import { PRESETS, type Preset } from './presets.ts';
import {
  draftOf,
  hostOf,
  isAssistantByItself,
  KINDS,
  localHostOf,
  namesModel,
  type ProviderDraft,
  settingsOf,
} from './provider-draft.ts';
import { useTry } from './use-try.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/;
/** So that fields beside each other are on one line. */
const UNDER: InputWrapperProps['inputWrapperOrder'] = ['label', 'input', 'description', 'error'];
const ABILITIES = ['pictures', 'tools', 'schemas'] as const;

interface ProviderFormProps {
  provider: Provider | null;
  preset?: Preset;
  currency: string;
  onClose(): void;
}

export function ProviderForm({ provider, preset, currency, onClose }: ProviderFormProps) {
  const { t } = useTranslation('ai-replies');
  const [draft, setDraft] = useState(() => (provider ? draftOf(provider) : newDraft(preset, currency)));
  const put = (change: Partial<typeof draft>) => setDraft(withListPrice(draft, { ...draft, ...change }, currency));
  const readAgain = useReadAgain(PROVIDERS);
  const add = $api.useMutation('post', PROVIDERS);
  const change = $api.useMutation('patch', PROVIDER);
  const tryIt = useTry();
  const { name, kind, baseUrl, apiKey, hours } = draft;
  /** Agreed to for one address, and not for what is written in its place. */
  const [allowedHost, setAllowedHost] = useState<string | null>(null);
  /** Refused when its models were to be listed. */
  const [refusedHost, setRefusedHost] = useState<string | null>(null);
  const host = hostOf(baseUrl);
  const isByItself = isAssistantByItself(kind);
  const addText = t(isByItself ? 'models.addAssistant' : 'models.add');
  const isApp = kind === 'openai-compatible' && draft.assistant;
  const hasModel = namesModel(draft);
  const keyText = isByItself ? `${t(`form.keyOf.${kind}`)} ${t('form.keyText')}` : t('form.keyText');
  const needsKey = provider?.has_key === true && baseUrl.trim() !== provider.base_url && apiKey === '';
  const versioned = useVersionedForm(provider, {
    read: async () => (await api.GET(PROVIDERS)).data?.items.find((one) => one.name === provider?.name),
    refresh: readAgain,
    labels: {
      kind: t('form.kind'),
      base_url: t('models.address'),
      model: t(kind === 'coze' ? 'form.bot' : 'models.model'),
      has_key: t('models.key'),
      pictures: t('form.pictures'),
      tools: t('form.tools'),
      schemas: t('form.schemas'),
      assistant: t('form.assistant'),
      instructions: t('form.instructions'),
      handover: t('form.handover'),
      price: t('models.price'),
      hours: t('form.hours'),
    },
    textOf: (field, row) => {
      if (field === 'price') return t('models.priceOf', { ...row.price });
      return field === 'hours' && row.hours ? t('models.hoursOf', { ...row.hours }) : undefined;
    },
  });
  const allow = async () => {
    if (allowedHost !== null && allowedHost === host) await allowHost(allowedHost);
  };
  const submit = async () => {
    const key = apiKey === '' ? {} : { api_key: apiKey.trim() };
    const settings = settingsOf(draft);
    await allow();
    if (provider) {
      await versioned.save({ ...settings, ...key, hours }, (header, changes) => {
        // A key is for the address that was seen when it was written.
        const body = { ...changes, ...(changes.api_key !== undefined && { base_url: settings.base_url }) };
        return change.mutateAsync({ params: { path: { name: provider.name }, header }, body });
      });
    } else await add.mutateAsync({ body: { ...settings, ...key, name, ...(hours && { hours }) } });
    await readAgain();
    notifyDone(t('models.saved', { name }));
    // Nobody has to wait for it: the list says what comes of it.
    tryIt.mutate({ params: { path: { name } }, body: {} });
  };
  return (
    <FormModal
      title={provider ? t('models.changeOne', { name }) : addText}
      action={provider ? t('shell:save') : addText}
      size="lg"
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      isReady={NAME.test(name) && /^https?:\/\/./.test(baseUrl) && !needsKey}
    >
      {(error) => (
        <Stack gap="sm">
          {!provider && (
            <Group gap="xs" role="group" aria-label={t('form.examples')}>
              {PRESETS.map((one) => (
                <Button
                  key={one.name}
                  size="compact-xs"
                  variant="default"
                  onClick={() => setDraft(newDraft(one, currency))}
                >
                  {one.title}
                </Button>
              ))}
            </Group>
          )}
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              label={t('form.name')}
              description={t('form.nameText')}
              inputWrapperOrder={UNDER}
              value={name}
              onChange={(event) => put({ name: event.currentTarget.value })}
              disabled={provider !== null}
              error={(name !== '' && !NAME.test(name) && t('form.nameWrong')) || issueOf(error, 'name')}
              required
              data-autofocus
            />
            <Select
              label={t('form.kind')}
              description={t('form.kindText')}
              inputWrapperOrder={UNDER}
              data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
              value={kind}
              onChange={(value) => put({ kind: KINDS.find((one) => one === value) ?? kind })}
              allowDeselect={false}
            />
          </SimpleGrid>
          <TextInput
            label={t('models.address')}
            description={isByItself && t(`form.addressOf.${kind}`)}
            value={baseUrl}
            onChange={(event) => put({ baseUrl: event.currentTarget.value })}
            placeholder="https://"
            {...addAiProvider.base_url}
            error={issueOf(error, 'base_url')}
            required
          />
          {host !== null && (localHostOf(baseUrl) !== null || refusedHost === host || isNotAllowed(error)) && (
            <AllowLocal
              host={host}
              isAllowed={allowedHost === host}
              onChange={(is) => setAllowedHost(is ? host : null)}
            />
          )}
          {hasModel && (
            <ModelNameField
              kind={kind}
              baseUrl={baseUrl}
              apiKey={apiKey}
              provider={provider?.name ?? null}
              value={draft.model}
              onChange={(model) => put({ model })}
              prepare={allow}
              onRefused={() => setRefusedHost(host)}
              error={error}
            />
          )}
          <PasswordInput
            label={t('models.key')}
            description={provider?.has_key ? t('form.keyKept') : keyText}
            value={apiKey}
            onChange={(event) => put({ apiKey: event.currentTarget.value })}
            autoComplete="off"
            {...addAiProvider.api_key}
            error={(needsKey && t('form.keyAgain')) || issueOf(error, 'api_key')}
          />
          {kind === 'openai-compatible' && (
            <Checkbox
              label={t('form.assistant')}
              description={t('form.assistantText')}
              checked={draft.assistant}
              onChange={(event) => put({ assistant: event.currentTarget.checked })}
            />
          )}
          {isByItself && (
            <Checkbox
              label={t('form.instructions')}
              description={t('form.instructionsText')}
              checked={draft.instructions}
              onChange={(event) => put({ instructions: event.currentTarget.checked })}
            />
          )}
          {(isByItself ? !draft.instructions : isApp) && (
            <TextInput
              label={t('form.handover')}
              description={t('form.handoverText')}
              value={draft.handover}
              onChange={(event) => put({ handover: event.currentTarget.value })}
              placeholder="[HUMAN]"
              {...addAiProvider.handover}
            />
          )}
          {!isByItself && !isApp && (
            <Group gap="lg">
              {ABILITIES.map((ability) => (
                <Checkbox
                  key={ability}
                  label={t(`form.${ability}`)}
                  checked={draft[ability]}
                  onChange={(event) => put({ [ability]: event.currentTarget.checked })}
                />
              ))}
            </Group>
          )}
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            {(['input', 'output'] as const).map((side) => (
              <NumberInput
                key={side}
                label={t(`form.${side}`, { currency })}
                value={draft[side]}
                onChange={(value) => put({ [side]: Number(value) || 0 })}
                {...addAiProvider.price[side]}
                decimalScale={6}
              />
            ))}
          </SimpleGrid>
          <ListPriceText baseUrl={baseUrl} model={draft.model} currency={currency} />
          <Switch
            label={t('form.hours')}
            checked={hours !== null}
            onChange={(event) =>
              put({ hours: event.currentTarget.checked ? { zone: ownZone(), from: '09:00', to: '18:00' } : null })
            }
          />
          {hours && (
            <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
              {(['from', 'to'] as const).map((end) => (
                <TextInput
                  key={end}
                  type="time"
                  label={t(`form.${end}`)}
                  value={hours[end]}
                  onChange={(event) => put({ hours: { ...hours, [end]: event.currentTarget.value } })}
                  required
                />
              ))}
              <Select
                label={t('form.zone')}
                data={[...new Set(['UTC', hours.zone, ...Intl.supportedValuesOf('timeZone')])]}
                value={hours.zone}
                onChange={(zone) => zone !== null && put({ hours: { ...hours, zone } })}
                allowDeselect={false}
                searchable
                limit={50}
              />
            </SimpleGrid>
          )}
        </Stack>
      )}
    </FormModal>
  );
}

/** With the price of its list. */
function newDraft(preset: Preset | undefined, currency: string): ProviderDraft {
  const draft = draftOf(null, preset);
  return withListPrice({ ...draft, model: '' }, draft, currency);
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
