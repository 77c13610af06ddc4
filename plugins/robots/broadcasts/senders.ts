/** In whose name something is sent later: who may not any more has nothing sent. Asked before the transaction that sends. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { RobotRow } from '../robots/tables.ts';
import { maySee } from '../robots/visibility.ts';

export interface BroadcastSenders {
  /** Whether this account (integer key; null or 0: none, but the platform) is active and sees the robot. */
  maySend(userId: number | null, robot: Pick<RobotRow, 'tenant_id' | 'user_id'>): Promise<boolean>;
}

export function createBroadcastSenders({ accounts }: Services & Pick<AuthServices, 'accounts'>): BroadcastSenders {
  return {
    async maySend(userId, robot) {
      if (!userId) return true;
      const principal = await accounts.principalOf(userId);
      return principal !== null && maySee(principal, robot);
    },
  };
}
