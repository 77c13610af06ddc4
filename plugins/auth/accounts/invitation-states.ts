/** How invitations look, and what has become of them. */
import type { Knex } from 'knex';
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { RoleName } from '../access.ts';
import type { InvitationRow } from './tables.ts';

export const INVITATION_STATES = ['open', 'accepted', 'revoked', 'expired'] as const;

export const Invitation = Type.Object({
  id: Type.String(),
  email: Type.String(),
  role: RoleName,
  status: Type.String(),
  created_at: Type.String(),
  expires_at: Type.String(),
});
export type Invitation = Static<typeof Invitation>;

export function invitationView(row: InvitationRow, now: number): Invitation {
  const status = row.accepted_at ? 'accepted' : row.revoked_at ? 'revoked' : row.expires_at <= now ? 'expired' : 'open';
  return {
    id: row.uuid,
    email: row.email,
    role: row.role,
    status,
    created_at: isoSeconds(row.created_at),
    expires_at: isoSeconds(row.expires_at),
  };
}

/** Narrows a query to invitations that are shown in one of these states. */
export function invitedIn(rows: Knex.QueryBuilder, wanted: readonly string[], now: number): void {
  const pending = 'accepted_at is null and revoked_at is null';
  rows.where((either) => {
    if (wanted.includes('accepted')) either.orWhereNotNull('accepted_at');
    if (wanted.includes('revoked')) either.orWhereRaw('(accepted_at is null and revoked_at is not null)');
    if (wanted.includes('expired')) either.orWhereRaw(`(${pending} and expires_at <= ?)`, [now]);
    if (wanted.includes('open')) either.orWhereRaw(`(${pending} and expires_at > ?)`, [now]);
  });
}
