/** Makes or changes a rule: about what, when, and what then, with the settings that its action asks for. */
import { Fieldset, Group, MultiSelect, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import {
  api,
  FormModal,
  findRow,
  isRecord,
  issueOf,
  issuesUnder,
  notifyDone,
  SchemaForm,
  useMe,
  useVersionedForm,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createRule } from '../bounds.ts';
import { MailboxField } from '../parts/mailbox-field.tsx';
import { useConditionText } from './condition-text.ts';
import { RESULTS, type Result, type Rule, useActionNames } from './rule.ts';

const KILOBYTE = 1024;
const METHODS = ['spf', 'dkim', 'dmarc'] as const;

interface RuleFormProps {
  /** Null makes one. */
  rule: Rule | null;
  /** Of a new one, to begin with. */
  mailbox: string;
  onClose(): void;
  onSaved(): unknown;
}

export function RuleForm({ rule, mailbox: given, onClose, onSaved }: RuleFormProps) {
  const { t } = useTranslation('mail');
  const { is_superadmin } = useMe();
  const { actions, nameOf } = useActionNames();
  const [name, setName] = useState(rule?.name ?? '');
  const [place, setPlace] = useState(rule?.domain ? 'domain' : 'mailbox');
  const [mailbox, setMailbox] = useState(rule?.mailbox ?? given);
  const [domain, setDomain] = useState(rule?.domain ?? '');
  const [sender, setSender] = useState(rule?.conditions.sender ?? '');
  const [subject, setSubject] = useState(rule?.conditions.subject ?? '');
  const [larger, setLarger] = useState(kilobytes(rule?.conditions.larger_than));
  const [smaller, setSmaller] = useState(kilobytes(rule?.conditions.smaller_than));
  const [results, setResults] = useState<Record<(typeof METHODS)[number], Result[]>>({
    spf: rule?.conditions.spf ?? [],
    dkim: rule?.conditions.dkim ?? [],
    dmarc: rule?.conditions.dmarc ?? [],
  });
  const [action, setAction] = useState(rule?.action ?? 'tag');
  const [value, setValue] = useState(rule?.value ?? '');
  const [settings, setSettings] = useState<unknown>(rule?.settings ?? {});
  const [position, setPosition] = useState<number | string>(rule?.position ?? 100);
  const schema = actions.find((one) => one.name === action)?.settings ?? null;

  const conditionText = useConditionText();
  const versioned = useVersionedForm(rule && asSeen(rule), {
    read: async () => {
      const now = await findRow('/api/platform/mail/rules', {}, ({ id }) => id === rule?.id);
      return now && asSeen(now);
    },
    refresh: onSaved,
    labels: {
      name: t('rules.name'),
      conditions: t('rules.when'),
      done: t('rules.then'),
      settings: t('rules.settings'),
      position: t('rules.position'),
    },
    textOf: (field, { conditions, done }) => {
      if (field === 'conditions') return conditionText(conditions);
      return field === 'done' ? [nameOf(done.action), done.value].filter(Boolean).join(' ') : undefined;
    },
  });

  const submit = async () => {
    const body = {
      name: name.trim(),
      position: Number(position) || 0,
      conditions: {
        ...(sender.trim() && { sender: sender.trim() }),
        ...(subject.trim() && { subject: subject.trim() }),
        ...(larger !== '' && { larger_than: Math.round(Number(larger) * KILOBYTE) }),
        ...(smaller !== '' && { smaller_than: Math.round(Number(smaller) * KILOBYTE) }),
        ...Object.fromEntries(METHODS.flatMap((one) => (results[one].length > 0 ? [[one, results[one]]] : []))),
      },
      action,
      value: action === 'forward' || action === 'tag' ? value.trim() : null,
      ...(schema !== null && { settings: isRecord(settings) ? settings : {} }),
    };
    if (rule)
      await versioned.save(body, (header, changes) => {
        // What is done, and with what, is meant together.
        const { action, value, settings } = body;
        const isAct = 'action' in changes || 'value' in changes || 'settings' in changes;
        const act = { action, value, ...(settings !== undefined && { settings }) };
        const params = { path: { id: rule.id }, header };
        return api.PATCH('/api/platform/mail/rules/{id}', { params, body: { ...changes, ...(isAct && act) } });
      });
    else
      await api.POST('/api/platform/mail/rules', {
        body: { ...body, ...(place === 'domain' ? { domain: domain.trim() } : { mailbox: mailbox.trim() }) },
      });
    notifyDone(t('rules.saved', { name: name.trim() }));
    await onSaved();
  };

  return (
    <FormModal
      title={rule ? t('rules.edit') : t('rules.add')}
      action={t('save')}
      isOpen
      size="lg"
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
    >
      {(error) => (
        <>
          <TextInput
            label={t('rules.name')}
            required
            data-autofocus
            {...createRule.name}
            value={name}
            error={issueOf(error, 'name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {!rule && is_superadmin && (
            <SegmentedControl
              aria-label={t('rules.about')}
              value={place}
              onChange={setPlace}
              data={[
                { value: 'mailbox', label: t('rules.ofMailbox') },
                { value: 'domain', label: t('rules.ofDomain') },
              ]}
            />
          )}
          {place === 'mailbox' ? (
            <MailboxField
              value={mailbox}
              onChange={setMailbox}
              error={issueOf(error, 'mailbox')}
              disabled={rule !== null}
            />
          ) : (
            <TextInput
              label={t('rules.domain')}
              required
              disabled={rule !== null}
              value={domain}
              error={issueOf(error, 'domain')}
              onChange={(event) => setDomain(event.currentTarget.value)}
            />
          )}
          <Fieldset legend={t('rules.when')}>
            <TextInput
              label={t('rules.sender')}
              description={t('rules.pattern')}
              value={sender}
              error={issueOf(error, 'sender')}
              onChange={(event) => setSender(event.currentTarget.value)}
            />
            <TextInput
              mt="xs"
              label={t('rules.subject')}
              value={subject}
              error={issueOf(error, 'subject')}
              onChange={(event) => setSubject(event.currentTarget.value)}
            />
            <Group grow mt="xs" align="flex-start">
              <NumberInput
                label={t('rules.larger')}
                min={createRule.conditions.larger_than.min}
                value={larger}
                onChange={setLarger}
                hideControls
              />
              <NumberInput
                label={t('rules.smaller')}
                min={createRule.conditions.smaller_than.min}
                value={smaller}
                onChange={setSmaller}
                hideControls
              />
            </Group>
            <Group grow mt="xs" align="flex-start">
              {METHODS.map((method) => (
                <MultiSelect
                  key={method}
                  label={method.toUpperCase()}
                  placeholder={results[method].length === 0 ? t('rules.anyResult') : ''}
                  data={RESULTS.map((result) => ({ value: result, label: t(`auth.is.${result}`) }))}
                  value={results[method]}
                  onChange={(chosen) =>
                    setResults({ ...results, [method]: RESULTS.filter((result) => chosen.includes(result)) })
                  }
                />
              ))}
            </Group>
          </Fieldset>
          <Fieldset legend={t('rules.then')}>
            <Select
              label={t('rules.what')}
              required
              allowDeselect={false}
              data={actions.map((one) => ({ value: one.name, label: nameOf(one.name) }))}
              value={action}
              error={issueOf(error, 'action')}
              onChange={(chosen) => {
                setAction(chosen ?? 'tag');
                setSettings({});
              }}
            />
            {(action === 'forward' || action === 'tag') && (
              <TextInput
                mt="xs"
                label={action === 'forward' ? t('rules.forwardTo') : t('rules.tag')}
                type={action === 'forward' ? 'email' : 'text'}
                required
                value={value}
                error={issueOf(error, 'value')}
                onChange={(event) => setValue(event.currentTarget.value)}
              />
            )}
            {schema !== null && (
              <SchemaForm
                schema={schema}
                value={settings}
                onChange={setSettings}
                errors={issuesUnder(error, 'body', 'settings')}
              />
            )}
            <NumberInput
              mt="xs"
              label={t('rules.position')}
              description={t('rules.positionText')}
              {...createRule.position}
              value={position}
              onChange={setPosition}
            />
          </Fieldset>
        </>
      )}
    </FormModal>
  );
}

/** What it does is one thing, with what it does it. */
function asSeen(rule: Rule) {
  return { ...rule, done: { action: rule.action, value: rule.value } };
}

function kilobytes(bytes: number | undefined): number | string {
  return bytes === undefined ? '' : bytes / KILOBYTE;
}
