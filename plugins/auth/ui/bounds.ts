/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const createInvitation = {
  email: { maxLength: 320 },
  role: { values: ['owner', 'admin', 'member'] },
} as const;

export const createPasskey = {
  name: { maxLength: 100 },
  credential: { id: { maxLength: 2000 }, rawId: { maxLength: 2000 }, type: { values: ['public-key'] }, response: { clientDataJSON: { maxLength: 10000 } }, authenticatorAttachment: { maxLength: 40 } },
} as const;

export const changeAuthProfile = {
  full_name: { maxLength: 200 },
  avatar: { maxLength: 2000 },
  email: { maxLength: 320 },
  username: { maxLength: 64, pattern: '(?![0-9]+$)[A-Za-z0-9._\\-]{2,64}' },
} as const;

export const openPageSession = {
  identifier: { maxLength: 320 },
  password: { maxLength: 1024 },
  otp: { minLength: 6, maxLength: 20 },
} as const;

export const registerOnPage = {
  email: { maxLength: 320 },
  password: { maxLength: 1024 },
  full_name: { maxLength: 200 },
  tenant_name: { maxLength: 200 },
} as const;

export const setUpOnPage = {
  token: { maxLength: 200 },
  email: { maxLength: 320 },
  username: { maxLength: 64, pattern: '(?![0-9]+$)[A-Za-z0-9._\\-]{2,64}' },
  password: { maxLength: 1024 },
  tenant_name: { maxLength: 200 },
} as const;

export const changeTenant = {
  name: { maxLength: 200 },
  status: { values: ['active', 'suspended'] },
} as const;

export const changeUser = {
  full_name: { maxLength: 200 },
  username: { maxLength: 64, pattern: '(?![0-9]+$)[A-Za-z0-9._\\-]{2,64}' },
  email: { maxLength: 320 },
  role: { values: ['owner', 'admin', 'member'] },
  status: { values: ['active', 'suspended'] },
  mailbox_limit: { min: 0, max: 1000000, allowDecimal: false },
} as const;

export const createApiKey = {
  name: { maxLength: 100 },
  scopes: { items: { maxLength: 64 }, maxItems: 100 },
  expires_in_days: { min: 1, max: 3650, allowDecimal: false },
} as const;
