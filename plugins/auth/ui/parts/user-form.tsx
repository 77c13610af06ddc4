/** Changes what one may change of somebody: only what was changed is sent, and only if nobody else has meanwhile. */
import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, FormModal, issueOf, notifyDone, useMe, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeUser } from '../bounds.ts';
import { type EditedUser, USER } from './edited-user.ts';

const ROLES = changeUser.role.values;
type Role = (typeof ROLES)[number];

interface Form {
  full_name: string;
  role: Role;
  username: string;
  email: string;
  is_superadmin: boolean;
  can_send: boolean;
  mailbox_limit: number;
}

export function UserForm({ user, onClose }: { user: EditedUser; onClose(): void }) {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const { is_superadmin: isOperator, roles } = useMe();
  const [changes, setChanges] = useState<Partial<Form>>({});
  const form = { ...formOf(user), ...changes };
  const set = (change: Partial<Form>) => setChanges({ ...changes, ...change });
  const readAgain = () => queries.invalidateQueries({ queryKey: ['get', USER] });

  const path = { id: user.id };
  const versioned = useVersionedForm(user, {
    read: async () => (await api.GET(USER, { params: { path } })).data,
    refresh: readAgain,
    labels: {
      full_name: t('users.name'),
      role: t('users.role'),
      email: t('users.email'),
      username: t('users.username'),
      mailbox_limit: t('users.mailboxLimit'),
      can_send: t('users.canSend'),
      is_superadmin: t('users.operator'),
    },
    textOf: (field, row) => (field === 'role' ? t(`role.${row.role}`) : undefined),
  });

  const submit = async () => {
    await versioned.save(changes, (header, body) => api.PATCH(USER, { params: { path, header }, body }));
    await readAgain();
    notifyDone(t('users.changed'));
  };
  return (
    <FormModal
      title={t('users.edit')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
    >
      {(error) => (
        <>
          <TextInput
            label={t('users.name')}
            {...changeUser.full_name}
            data-autofocus
            value={form.full_name}
            error={issueOf(error, 'full_name')}
            onChange={(event) => set({ full_name: event.currentTarget.value })}
          />
          <Select
            label={t('users.role')}
            description={t('role.hint')}
            allowDeselect={false}
            data={ROLES.map((value) => ({
              value,
              label: t(`role.${value}`),
              disabled: value === 'owner' && !isOperator && !roles.includes('owner'),
            }))}
            value={form.role}
            onChange={(value) => set({ role: ROLES.find((role) => role === value) ?? form.role })}
          />
          {isOperator && (
            <>
              <TextInput
                label={t('users.email')}
                type="email"
                value={form.email}
                error={issueOf(error, 'email', ['email_taken'])}
                onChange={(event) => set({ email: event.currentTarget.value })}
              />
              <TextInput
                label={t('users.username')}
                description={t('field.usernameRule')}
                value={form.username}
                error={issueOf(error, 'username', ['username_taken'])}
                onChange={(event) => set({ username: event.currentTarget.value })}
              />
              <NumberInput
                label={t('users.mailboxLimit')}
                {...changeUser.mailbox_limit}
                value={form.mailbox_limit}
                error={issueOf(error, 'mailbox_limit')}
                onChange={(value) => set({ mailbox_limit: Number(value) })}
              />
              <Checkbox
                label={t('users.canSend')}
                checked={form.can_send}
                onChange={(event) => set({ can_send: event.currentTarget.checked })}
              />
              <Checkbox
                label={t('users.operator')}
                description={t('users.operatorHint')}
                checked={form.is_superadmin}
                onChange={(event) => set({ is_superadmin: event.currentTarget.checked })}
              />
            </>
          )}
        </>
      )}
    </FormModal>
  );
}

function formOf({ full_name, role, username, email, is_superadmin, can_send, mailbox_limit }: EditedUser): Form {
  return {
    full_name: full_name ?? '',
    username: username ?? '',
    email: email ?? '',
    role: ROLES.find((one) => one === role) ?? 'member',
    is_superadmin,
    can_send,
    mailbox_limit,
  };
}
