/** People as the inbox names them. */
import Type, { type Static } from 'typebox';
import type { User } from '#plugins/auth/contract.ts';

export const Named = Type.Object({ id: Type.String(), name: Type.String() });
export type Named = Static<typeof Named>;

export function namedPerson({ uuid, full_name, email, username }: User): Named {
  return { id: uuid, name: full_name ?? email ?? username ?? uuid };
}
