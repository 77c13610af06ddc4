/** Verifying for workflows and AI agents. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { LICENCES_READ, reachOf } from '../access.ts';
import type { DevicesScope } from './services.ts';

export const verifyFunction = defineFunction({
  name: 'licensing.verify',
  summary: 'Whether the code of one of your licences is valid for an e-mail address',
  access: { ...LICENCES_READ, tenant: false },
  binds: { email: { field: 'email' } },
  input: Type.Object({ activation_code: Type.String({ maxLength: 100 }), email: Type.String({ maxLength: 320 }) }),
  output: Type.Object({ valid: Type.Boolean(), code: Type.String() }),
  async run({ activation_code, email }, { principal }, { verification }: DevicesScope) {
    const asker = principal.tenantId ?? principal.id;
    const request = { activationCode: activation_code, email };
    const { code } = await verification.verifyOwn(request, reachOf(principal), asker);
    return { valid: code === 'SUCCESS', code };
  },
});
