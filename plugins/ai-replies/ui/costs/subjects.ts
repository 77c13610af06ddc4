/** Whose costs they are, in words: names of robots and contacts stand in place of their ids. */
import { useRows } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export const GROUPS = ['provider', 'purpose', 'robot', 'contact', 'workflow'] as const;
export type Group = (typeof GROUPS)[number];

export interface Subjects {
  robots: readonly { value: string; label: string }[];
  /** The name of a subject, the id of one that is not known here; null for none. */
  nameOf(group: Group, subject: string): string;
  /** Its page, when it has one. */
  pathOf(group: Group, subject: string): string | null;
}

export function useSubjects(): Subjects {
  const { t } = useTranslation('ai-replies');
  const { data: robots } = useRows('/api/platform/robots/robots');
  const { data: contacts } = useRows('/api/platform/robots/contacts');
  return useMemo(() => {
    const names = new Map([...(robots ?? []), ...(contacts ?? [])].map(({ id, name }) => [id, name]));
    return {
      robots: (robots ?? []).map(({ id, name }) => ({ value: id, label: name })),
      nameOf(group, subject) {
        if (group === 'purpose') return t(`purpose.${subject}`, { defaultValue: subject });
        return names.get(subject) ?? subject;
      },
      pathOf(group, subject) {
        if (group === 'robot') return `/assistants/${subject}`;
        return group === 'contact' ? `/inbox/contacts/${subject}` : null;
      },
    };
  }, [robots, contacts, t]);
}
