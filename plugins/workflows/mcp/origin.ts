/** DNS rebinding: a foreign page whose name was turned to this server's address gives itself away by its Origin. */
import type { CoreConfig } from '#core/kit.ts';
import { coreErrors } from '#core/plugin.ts';

/**
 * Programs send no Origin and pass; pages pass from `http.publicUrl` and from origins that `http.cors.origins` names.
 * The Host header proves nothing: in this attack it says what the Origin says. `*` names nobody.
 */
export function refuseForeignOrigin(origin: string, { http }: Pick<CoreConfig, 'http'>): void {
  if (origin === '' || origin === new URL(http.publicUrl).origin || http.cors.origins.includes(origin)) return;
  throw coreErrors.forbidden({ message: 'Pages of this origin may not use MCP; name it in http.cors.origins' });
}
