/** Contacts as pages read them. */
import { useQueryClient } from '@tanstack/react-query';
import type { AnswerOf } from 'patchbay-platform/ui';
import { changeContact } from '../bounds.ts';
import { CONVERSATIONS } from '../inbox/place.ts';

export const CONTACTS = '/api/platform/robots/contacts';
export const CONTACT = '/api/platform/robots/contacts/{id}';
export const LINKED = '/api/platform/robots/contacts/{id}/linked';
export const CONSENTS = changeContact.consent.values;
export type Contact = AnswerOf<typeof CONTACT>;

/** Lists, and the contact unless it is gone; conversations move with a contact. */
export function useReadContactsAgain(): (change?: 'gone') => Promise<void> {
  const client = useQueryClient();
  return async (change) => {
    const paths = change === 'gone' ? [CONTACTS] : [CONTACTS, CONTACT, LINKED, CONVERSATIONS];
    await Promise.all(paths.map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
  };
}
