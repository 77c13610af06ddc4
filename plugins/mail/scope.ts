/** What stands above the parts of mail sees, and tests see: everything of each. */
import type { ReceivingScope } from './receiving/services.ts';
import type { TempMailScope } from './temp-mail/services.ts';

export interface MailScope extends ReceivingScope, TempMailScope {}
