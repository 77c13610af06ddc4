/** First steps: signing in by more than a password. */
import type { FirstStep } from '#core/plugin.ts';
import { PEOPLE } from '../access.ts';
import type { FactorsScope } from './services.ts';

export const SECOND_FACTOR_STEP: FirstStep = {
  id: 'auth.secondFactor',
  title: { en: 'A second factor for your account', zh: '为账号开启两步验证' },
  text: {
    en: 'With an authenticator app or a passkey, a stolen password is not enough to sign in.',
    zh: '使用应用验证码或通行密钥，仅凭被盗的密码无法登录。',
  },
  path: '/settings/security',
  order: 20,
  access: PEOPLE,
  async state({ userId }, { db, secondFactor }: FactorsScope) {
    if (userId === null) return 'none';
    if (await secondFactor.isOn(userId)) return 'done';
    return (await db.read('auth_passkeys').where({ user_id: userId }).first('credential_id')) ? 'done' : 'open';
  },
};
