/** How a sign-in is answered: with tokens for programs, with a cookie for pages. */
import type Koa from 'koa';
import Type, { type Static } from 'typebox';
import { UserView } from '../accounts/views.ts';

export const LoginAnswer = Type.Object({
  access_token: Type.String({ examples: ['eyJhbGciOi...'] }),
  refresh_token: Type.String({ examples: ['eyJhbGciOi...'] }),
  token_type: Type.Literal('bearer'),
  expires_in: Type.Integer({ description: 'Seconds until the access token expires', examples: [1800] }),
  user: UserView,
});
export type LoginAnswer = Static<typeof LoginAnswer>;

export interface OpenedPage {
  sessionId: string;
  /** The `Set-Cookie` value. */
  cookie: string;
  /** Goes with every write, as X-CSRF-Token. */
  csrfToken: string;
}

/** Sets the cookie of a session that was opened or renewed, and says its token; null changes nothing. */
export function answerWith(ctx: Koa.Context, opened: OpenedPage | null): void {
  if (!opened) return;
  ctx.append('set-cookie', opened.cookie);
  ctx.set('x-csrf-token', opened.csrfToken);
}
