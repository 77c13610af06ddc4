/** Who may use the routes of AI replies. */
import { TENANT_ADMINS } from '#core/kit.ts';

export const AI_READ = { scope: 'ai:read', tenant: true } as const;
/** Policies, knowledge, drafts. */
export const AI_MANAGE = { scope: 'ai:manage', tenant: true } as const;
/** What costs money or holds keys: providers and budgets. */
export const AI_ADMINISTER = { scope: 'ai:manage', tenant: true, roles: TENANT_ADMINS } as const;
/** Asking models by functions. */
export const AI_USE = { scope: 'ai:use', tenant: true } as const;
