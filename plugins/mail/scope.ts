/** What the inside of mail sees: the platform's services, the public ones of auth, and its own. */

import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { MailOwn } from './services.ts';

export interface MailScope extends Services, AuthServices, MailOwn {}
