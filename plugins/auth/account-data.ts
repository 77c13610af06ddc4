/**
 * What parts keep of users and tenants beside their rows. Each says once what of it is erased, revoked and exported; accounts
 * and sign-in, which know none of these parts, have it done in their own transactions.
 */
import type { Transaction } from '#core/plugin.ts';
import type { User } from './contract.ts';

export interface DataOfPart {
  /** Erases what no foreign key deletes with the user. */
  erase?(trx: Transaction, user: User): Promise<void>;
  /** Erases what no foreign key deletes with the tenant, by its integer key. */
  eraseTenant?(trx: Transaction, tenantId: number): Promise<void>;
  /** Ends every credential of the user: the account belongs to somebody else. */
  revoke?(trx: Transaction, user: User): Promise<void>;
  /** Sections of the document with everything that is held about the user. */
  export?(user: User): Promise<Record<string, unknown>>;
}

export interface AccountData extends Required<DataOfPart> {
  add(part: DataOfPart): void;
}

export function createAccountData(): AccountData {
  const parts: DataOfPart[] = [];

  return {
    add: (part) => void parts.push(part),
    async erase(trx, user) {
      for (const part of parts) await part.erase?.(trx, user);
    },
    async eraseTenant(trx, tenantId) {
      for (const part of parts) await part.eraseTenant?.(trx, tenantId);
    },
    async revoke(trx, user) {
      for (const part of parts) await part.revoke?.(trx, user);
    },
    async export(user) {
      const sections: Record<string, unknown> = {};
      for (const part of parts) Object.assign(sections, await part.export?.(user));
      return sections;
    },
  };
}
