/** Erasure: what of invitations goes with a person or a tenant, or ends when an account is claimed. */
import type { Transaction } from '#core/plugin.ts';
import type { DataOfPart } from '../account-data.ts';
import { cancelMails } from '../accounts/mails.ts';
import type { InvitationRow } from './tables.ts';

export const invitationData: DataOfPart = {
  /** Those for this address, and those made by this person: nobody answers for them any more. */
  async erase(trx, { id, email, email_verified_at }) {
    await deleteInvitations(trx, { invited_by: id });
    // An address that was never confirmed may be somebody else's, who waits for what is sent there.
    if (email !== null && email_verified_at !== null) await deleteInvitations(trx, { email });
  },
  eraseTenant: (trx, tenant_id) => deleteInvitations(trx, { tenant_id }),
  async revoke(trx, { id }) {
    await trx('auth_invitations').where({ invited_by: id, accepted_at: null }).delete();
  },
};

async function deleteInvitations(trx: Transaction, which: Partial<InvitationRow>): Promise<void> {
  const gone = await trx('auth_invitations').where(which).select('email');
  await trx('auth_invitations').where(which).delete();
  await cancelMails(
    trx,
    gone.map(({ email }) => email),
  );
}
