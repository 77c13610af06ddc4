/** What clients know the schemas of the routes by: their names in the OpenAPI document. */
import type { TSchema } from 'typebox';
import { Credential, PasskeyView } from './routes/factors.ts';
import { Invitation } from './routes/joining.ts';
import { VersionedProfile } from './routes/profile.ts';
import { RightsView, ScopeView } from './routes/rights.ts';
import { LoginAnswer, Message } from './routes/shared.ts';
import { SettingsView, TenantItem } from './routes/tenant-list.ts';
import { UserItem } from './routes/user-list.ts';
import { meView } from './services/session-info.ts';
import { ApiKeyView, NewApiKeyView, ProfileView, TenantView, UserView } from './views.ts';

export const schemas: Readonly<Record<string, TSchema>> = {
  ApiKey: ApiKeyView,
  FunctionRight: RightsView.properties.functions.items,
  Invitation,
  Login: LoginAnswer,
  Me: meView,
  Message,
  NewApiKey: NewApiKeyView,
  NamedTenant: meView.properties.tenant.anyOf[0],
  PageSession: meView.properties.session.anyOf[0],
  Passkey: PasskeyView,
  PasskeyCredential: Credential,
  PluginInfo: meView.properties.plugins.items,
  Profile: ProfileView,
  Rights: RightsView,
  RouteRight: RightsView.properties.routes.items,
  Scope: ScopeView,
  Tenant: TenantView,
  User: UserView,
  UserOfTenant: UserItem,
  VersionedProfile,
  VersionedSettings: SettingsView,
  VersionedTenant: TenantItem,
};
