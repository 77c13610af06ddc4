/** How API keys look on the wire, with the schemas that say so. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import type { ApiKeyRow } from './tables.ts';

export const ApiKeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  key_prefix: Type.String(),
  scopes: Type.Union([Type.Array(Type.String()), Type.Null()]),
  expires_at: Type.Union([Type.String(), Type.Null()]),
  created_at: Type.String(),
  last_used_at: Type.Union([Type.String(), Type.Null()]),
  is_active: Type.Boolean(),
  made_by_administrator: Type.Optional(Type.Literal(true)),
});
export type ApiKeyView = Static<typeof ApiKeyView>;

/** A key at the moment when it is made: the only time its secret is shown. */
export const NewApiKeyView = Type.Object({ ...ApiKeyView.properties, raw_key: Type.String() });

export function apiKeyView(key: ApiKeyRow, now: number): ApiKeyView {
  return {
    id: key.uuid,
    name: key.name,
    key_prefix: key.key_prefix,
    scopes: scopesOf(key),
    expires_at: isoSeconds(key.expires_at),
    created_at: isoSeconds(key.created_at),
    last_used_at: isoSeconds(key.last_used_at),
    is_active: isUsable(key, now),
    ...(key.made_by !== null && { made_by_administrator: true as const }),
  };
}

export function scopesOf(key: ApiKeyRow): string[] | null {
  return key.scopes === null ? null : JSON.parse(key.scopes);
}

export function isUsable(key: ApiKeyRow, now: number): boolean {
  return (key.revoked_at === null || key.revoked_at > now) && (key.expires_at === null || key.expires_at > now);
}
