/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const createRobotBroadcast = {
  name: { maxLength: 200 },
  content: { maxLength: 2000 },
  robots: { items: { maxLength: 60 }, maxItems: 100 },
  audience: { labels: { items: { maxLength: 60 }, maxItems: 50 }, groups: { items: { maxLength: 200 }, maxItems: 50 }, fields: { each: { maxLength: 500 } }, seen_within_days: { min: 1, max: 3650, allowDecimal: false }, unseen_for_days: { min: 1, max: 3650, allowDecimal: false }, names: { items: { maxLength: 200 }, maxItems: 5000 } },
  excluded: { items: { maxLength: 200 }, maxItems: 5000 },
  per_minute: { min: 1, max: 600, allowDecimal: false },
} as const;

export const postChannel = {
  name: { maxLength: 200 },
  token: { maxLength: 500 },
} as const;

export const createCode = {
  count: { min: 1, max: 1000, allowDecimal: false },
  validity_days: { min: 1, max: 3650, allowDecimal: false },
  user_id: { min: 1, allowDecimal: false },
} as const;

export const unbindCode = {
  reason: { maxLength: 500 },
} as const;

export const changeContact = {
  fields: { names: { maxLength: 60, pattern: '[A-Za-z0-9_.\\-]{1,60}' } },
  notes: { maxLength: 20000 },
  consent: { values: ['unknown', 'given', 'refused'] },
} as const;

export const changeConversation = {
  state: { values: ['open', 'pending', 'snoozed', 'closed'] },
  assignee: { maxLength: 40 },
  team: { maxLength: 40 },
  labels: { items: { maxLength: 60 }, maxItems: 20 },
} as const;

export const answerConversation = {
  text: { maxLength: 20000 },
  file: { url: { maxLength: 2000 }, type: { values: ['image', 'video', 'file'] }, name: { maxLength: 200 } },
  seen: { maxLength: 60 },
} as const;

export const createQuickReply = {
  shortcut: { maxLength: 60 },
  text: { maxLength: 10000 },
} as const;

export const createRobot = {
  name: { maxLength: 200 },
  aiMode: { values: ['builtin', 'third_party', 'none', 'off'] },
  aiProvider: { maxLength: 100 },
  aiModel: { maxLength: 200 },
  aiScenario: { maxLength: 2000 },
} as const;

export const changeRobot = {
  name: { maxLength: 200 },
  aiMode: { values: ['builtin', 'third_party', 'none', 'off'] },
  aiProvider: { maxLength: 100 },
  aiModel: { maxLength: 200 },
  aiScenario: { maxLength: 2000 },
} as const;

export const createRobotScheduledMessage = {
  robot_id: { maxLength: 60 },
  names: { items: { maxLength: 200 }, maxItems: 200 },
  content: { maxLength: 2000 },
  at: { maxLength: 40 },
  cron: { maxLength: 100 },
  zone: { maxLength: 60 },
} as const;

export const createTeam = {
  name: { maxLength: 100 },
  members: { items: { maxLength: 40 }, maxItems: 200 },
} as const;

export const sendMessageRobot = {
  robotId: { maxLength: 60 },
  type: { values: ['text', 'image', 'video', 'file', 'link', 'mini_program'] },
  titleList: { items: { maxLength: 200 }, maxItems: 200 },
  content: { maxLength: 20000 },
  atList: { items: { maxLength: 200 }, maxItems: 200 },
  fileUrl: { maxLength: 2000 },
  fileType: { maxLength: 100 },
  objectName: { maxLength: 500 },
  extraText: { maxLength: 20000 },
} as const;

export const configRobotThirdParty = {
  robotId: { maxLength: 60 },
  messageCallbackUrl: { maxLength: 2000 },
  resultCallbackUrl: { maxLength: 2000 },
  statusCallbackUrl: { maxLength: 2000 },
  qrcodeCallbackUrl: { maxLength: 2000 },
  secretKey: { maxLength: 200 },
} as const;
