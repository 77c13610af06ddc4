/** Rules: what happens to mail that meets their conditions, in their order. */
import { Anchor, Button, Switch, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQueryClient } from '@tanstack/react-query';
import { api, DataTable, EmptyState, ifVersion, later, notifyFailed, Page, useUrlState } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConditionText } from '../rules/condition-text.ts';
import { type Rule, useActionNames } from '../rules/rule.ts';

const RuleForm = later(() => import('../rules/rule-form.tsx').then(({ RuleForm }) => RuleForm));

const LIST = '/api/platform/mail/rules';
const ONE = '/api/platform/mail/rules/{id}';

export default function Rules() {
  const { t } = useTranslation('mail');
  const client = useQueryClient();
  const [state] = useUrlState();
  const [edited, setEdited] = useState<Rule | 'new' | null>(null);
  const textOf = useConditionText();
  const { nameOf } = useActionNames();
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('rules.add')}
    </Button>
  );
  const refresh = () => client.invalidateQueries({ queryKey: ['get', LIST] });
  const change = (rule: Rule, enabled: boolean) =>
    api
      .PATCH(ONE, {
        params: { path: { id: rule.id }, header: ifVersion(rule.version) },
        body: { enabled },
      })
      .catch(notifyFailed)
      .finally(refresh);
  return (
    <Page title={t('rules.title')} intro={t('rules.intro')} actions={add}>
      <DataTable
        list={LIST}
        label={t('rules.title')}
        rowKey={({ id }) => String(id)}
        defaultSort="position"
        filters={[
          { name: 'mailbox', title: t('rules.mailbox'), kind: 'text' },
          { name: 'domain', title: t('rules.domain'), kind: 'text' },
          {
            name: 'enabled',
            title: t('rules.enabled'),
            choices: [
              { value: 'true', label: t('yes') },
              { value: 'false', label: t('no') },
            ],
          },
        ]}
        columns={[
          {
            id: 'name',
            title: t('rules.name'),
            width: 2,
            cell: (rule) => (
              <Anchor component="button" type="button" size="sm" fw={500} onClick={() => setEdited(rule)}>
                {rule.name}
              </Anchor>
            ),
          },
          { id: 'about', title: t('rules.about'), width: 2, cell: ({ mailbox, domain }) => mailbox ?? `@${domain}` },
          { id: 'conditions', title: t('rules.when'), width: 3, cell: ({ conditions }) => textOf(conditions) },
          {
            id: 'action',
            title: t('rules.then'),
            width: 2,
            onPhone: true,
            cell: ({ action, value }) => (
              <Text component="span" size="sm">
                {nameOf(action)} {value}
              </Text>
            ),
          },
          {
            id: 'position',
            title: t('rules.position'),
            sort: 'position',
            isExtra: true,
            align: 'end',
            cell: ({ position }) => position,
          },
          {
            id: 'enabled',
            title: t('rules.enabled'),
            align: 'end',
            onPhone: true,
            cell: (rule) => (
              <Switch
                aria-label={t('rules.switch', { name: rule.name })}
                checked={rule.enabled}
                onChange={(event) => void change(rule, event.currentTarget.checked)}
              />
            ),
          },
        ]}
        bulk={[
          {
            id: 'delete',
            title: t('rules.delete'),
            icon: <IconTrash size={14} aria-hidden />,
            color: 'red',
            question: (count) => t('rules.deleteMany', { count }),
            run: ({ id, version }) => api.DELETE(ONE, { params: { path: { id }, header: ifVersion(version) } }),
          },
        ]}
        empty={<EmptyState title={t('rules.empty')} text={t('rules.emptyText')} action={add} />}
      />
      {edited !== null && (
        <RuleForm
          key={edited === 'new' ? 'new' : edited.id}
          rule={edited === 'new' ? null : edited}
          mailbox={state.mailbox ?? ''}
          onClose={() => setEdited(null)}
          onSaved={refresh}
        />
      )}
    </Page>
  );
}
