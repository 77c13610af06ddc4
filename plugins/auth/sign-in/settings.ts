/** How the settings of sign-in are tried: a code to a phone, and what providers say of themselves. */
import { messageOf } from '#core/kit.ts';
import type { Services, SettingsArea, SettingsCandidate, SettingsFinding } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import { callGateway } from './sms-gateway.ts';

type Candidate = SettingsCandidate<AuthConfig>;

export const smsSettings: SettingsArea = {
  area: 'sms',
  target: { en: 'Send the test to this phone', zh: '测试短信发送到' },
  async test({ config: { sms }, target: phone }: Candidate, services) {
    if (sms.transport === 'log') return [{ ok: false, text: 'Codes are written to the log only: they reach no phone' }];
    if (!sms.webhook) return [{ ok: false, text: 'The gateway has no address yet' }];
    const status = await callGateway(services, sms.webhook.url, { phone, code: '000000' });
    return [{ ok: status < 300, text: `The gateway answered with status ${status}` }];
  },
};

export const oidcSettings: SettingsArea = {
  area: 'single-sign-on',
  test: ({ config: { oidc } }: Candidate, services) =>
    Promise.all(Object.entries(oidc).map(([name, { issuer }]) => provider(name, issuer, services))),
};

/** OpenID Connect Discovery 1.0 §4.3: the document names the issuer that it was asked of. */
async function provider(name: string, issuer: string, { outbound }: Services): Promise<SettingsFinding> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const answer = await outbound.request(url, { trusted: issuer, redirects: 0 });
    const found = answer.status === 200 ? (answer.json() as { issuer?: unknown }).issuer : undefined;
    if (found === issuer) return { ok: true, text: `${name}: ${issuer} describes itself` };
    const said = found === undefined ? `status ${answer.status}` : `the issuer ${String(found)}`;
    return { ok: false, text: `${name}: ${url} answered with ${said}` };
  } catch (error) {
    return { ok: false, text: `${name}: ${messageOf(error)}` };
  }
}
