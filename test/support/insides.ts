/** Tests see through the walls between plugins: every service of every plugin, under its name. */
import type { Platform } from '#core/platform.ts';
import { insidesOf as allServices } from '#core/testing/harness.ts';
import type { AiScope } from '#plugins/ai-replies/scope.ts';
import type { AuthScope } from '#plugins/auth/scope.ts';
import type { BillingScope } from '#plugins/billing/scope.ts';
import type { LicensingScope } from '#plugins/licensing/scope.ts';
import type { MailScope } from '#plugins/mail/scope.ts';
import type { RobotsScope } from '#plugins/robots/scope.ts';
import type { WorkflowsScope } from '#plugins/workflows/scope.ts';

export type Insides = AuthScope & BillingScope & LicensingScope & MailScope & RobotsScope & AiScope & WorkflowsScope;

/** What is not there, because its plugin is off, is undefined. */
export function insidesOf(platform: Platform): Insides {
  return allServices<Insides>(platform);
}
