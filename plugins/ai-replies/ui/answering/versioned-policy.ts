/** The rules of one robot, saved field by field: what others have changed meanwhile stays where nobody has touched it here. */
import { $api, api, useRows, useVersionedForm } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { BASES } from '../knowledge/knowledge-data.ts';
import { POLICY, type Policy, type PolicyAnswer } from './policy-data.ts';

export type FlatPolicy = ReturnType<typeof flatOf>;

/** Each field of the page by itself. */
export function flatOf({ version, policy: { sentences, rate, ...rest } }: Pick<PolicyAnswer, 'version' | 'policy'>) {
  return { ...rest, ...sentences, ...rate, version };
}

export function wholeOf({ version: _, ...flat }: FlatPolicy): Policy {
  const { handover, closed, unknown, refused, answers, minutes, ...rest } = flat;
  return { ...rest, sentences: { handover, closed, unknown, refused }, rate: { answers, minutes } };
}

export function useVersionedPolicy(robotId: string, answer: PolicyAnswer, follows: boolean) {
  const { t } = useTranslation('ai-replies');
  const { data: bases = [] } = useRows(BASES);
  const write = $api.useMutation('put', POLICY);
  const path = { robotId };
  const form = useVersionedForm<FlatPolicy>(flatOf(answer), {
    read: async () => {
      const { data } = await api.GET(POLICY, { params: { path } });
      return data && flatOf(data);
    },
    labels: {
      private: t('when.private'),
      groups: t('when.groups'),
      keywords: t('when.keywords'),
      hours: t('when.hours'),
      persona: t('persona.persona'),
      scenario: t('persona.scenario'),
      knowledge: t('policy.bases'),
      floor: t('policy.floor'),
      citations: t('policy.citations'),
      pictures: t('policy.pictures'),
      approval: t('guard.approval'),
      masking: t('guard.masking'),
      contact_notes: t('guard.notes'),
      contact_fields: t('guard.fields'),
      words_in: t('guard.words_in'),
      words_out: t('guard.words_out'),
      gather: t('times.gather'),
      answers: t('times.answers'),
      minutes: t('times.minutes'),
      cool_down_seconds: t('times.coolDown'),
      failures: t('times.failures'),
      handover: t('sentences.handover'),
      closed: t('sentences.closed'),
      unknown: t('sentences.unknown'),
      refused: t('sentences.refused'),
    },
    textOf,
    follows,
  });
  return { ...form, save };

  function save(policy: Policy): Promise<unknown> {
    const { version: _, ...body } = flatOf({ version: answer.version, policy });
    return form.save(body, (header, changes, seen) =>
      write.mutateAsync({ params: { path, header }, body: wholeOf({ ...seen, ...changes }) }),
    );
  }

  function textOf(field: keyof FlatPolicy, row: FlatPolicy): string | undefined {
    if (field === 'private') return t(`shell:meanwhile.${row.private === 'always' ? 'on' : 'off'}`);
    if (field === 'groups') return t(`when.group.${row.groups}`);
    if (field === 'hours') return t(`when.hour.${row.hours}`);
    if (field === 'floor') return t(`policy.floors.${row.floor}`);
    if (field === 'words_in' || field === 'words_out') return t(`guard.action.${row[field]}`);
    if (field === 'gather') return row.gather ? gatherText(row.gather) : t('shell:meanwhile.off');
    if (field !== 'knowledge') return undefined;
    const named = row.knowledge?.map((id) => bases.find((base) => base.id === id)?.name ?? id);
    return named === undefined ? t('policy.allBases') : named.join(', ') || undefined;
  }

  function gatherText({ pause_seconds, most_seconds }: NonNullable<Policy['gather']>): string {
    return `${t('times.pause')} ${pause_seconds}; ${t('times.most')} ${most_seconds}`;
  }
}
