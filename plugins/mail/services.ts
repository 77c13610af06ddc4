/** What every part of mail sees: the platform, what auth gives, and the ground floor that the parts share. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { createMessageOpening } from './message-opening.ts';
import { createUnparsedMail } from './unparsed-mail.ts';

export const groundServices = { messageOpening: createMessageOpening, unparsedMail: createUnparsedMail };

export interface MailGround extends Services, AuthServices, ServicesOf<typeof groundServices> {}
