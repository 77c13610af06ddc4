/** A rule, and what it can do. */
import { $api, type RowOf } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { createRule } from '../bounds.ts';

export type Rule = RowOf<'/api/platform/mail/rules'>;
export type Conditions = Rule['conditions'];
export type Result = NonNullable<Conditions['spf']>[number];

export const RESULTS: readonly Result[] = createRule.conditions.spf.items.values;

/** Mail's own actions are translated; those of other plugins say themselves what they do. */
export function useActionNames() {
  const { t, i18n } = useTranslation('mail');
  const { data } = $api.useQuery('get', '/api/platform/mail/rule-actions', {}, { staleTime: Number.POSITIVE_INFINITY });
  const actions = data?.items ?? [];
  const nameOf = (action: string): string => {
    const key = `rules.action.${action}`;
    if (i18n.exists(key, { ns: 'mail' })) return t(key);
    return actions.find(({ name }) => name === action)?.summary ?? action;
  };
  return { actions, nameOf };
}
