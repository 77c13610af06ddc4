/** The sentences of the WorkBot document, which its dialect answers with. */
import { getOwn } from '#core/kit.ts';
import type { RobotErrorCode } from './errors.ts';

const OWN: Record<RobotErrorCode, string> = {
  ROBOT_NOT_FOUND: '机器人不存在',
  ROBOT_OFFLINE: '机器人不在线',
  ROBOT_DIALECT: '机器人使用旧版协议，不支持该消息',
  ROBOT_SILENT: '机器人未响应',
  TENANT_SUSPENDED: '该机器人所属的组织已被停用',
  ROBOT_DELETED: '机器人已被删除',
  CODE_NOT_FOUND: '激活码不存在',
  CODE_DISABLED: '激活码已被禁用',
  CODE_EXPIRED: '激活码已过期',
  CODE_IN_USE: '激活码已被其他设备使用，请联系管理员解绑',
  CODE_OF_OTHERS: '激活码不属于该机器人的用户',
  ROBOT_HAS_DEVICE: '机器人已绑定设备',
  NOT_BOUND: '激活码未绑定设备',
  ROBOT_TOKEN_INVALID: 'Token无效',
  ROBOT_TOKEN_EXPIRED: 'Token已过期',
  OTHER_ROBOT: 'Token与机器人不匹配',
  COMMAND_NOT_FOUND: '指令不存在',
  COMMAND_NOT_REPEATABLE: '重复该指令会让有人收到两次',
  COMMAND_NOT_WITHDRAWABLE: '该指令已下发给机器人',
  FILE_INVALID: 'fileBase64格式错误',
  FILE_TOO_LARGE: '文件过大',
  CALLBACK_URL_REFUSED: '回调地址不可用',
  CONVERSATION_NOT_FOUND: '会话不存在',
  BROADCAST_NOT_FOUND: '群发任务不存在',
  BROADCAST_STATE: '群发任务当前状态不允许此操作',
  TEXT_TOO_LONG: '文本超过单条消息长度',
  AUDIENCE_EMPTY: '未指定群发对象',
  SCHEDULE_NOT_FOUND: '定时消息不存在',
  CHANNEL_NOT_FOUND: '渠道不存在',
  CHANNEL_REFUSED: '渠道拒绝了该账号',
  CHANNEL_ACCOUNT_TAKEN: '该账号已是机器人',
  SCHEDULE_OVER: '定时消息已结束',
  SCHEDULE_INVALID: '时间、cron 表达式或时区无效',
  ANSWERED_MEANWHILE: '期间已有其他人回复',
  CONTACT_NOT_FOUND: '联系人不存在',
  CONTACTS_NOT_ALIKE: '只能合并同一租户的两个不同联系人',
  TEAM_NOT_FOUND: '团队不存在',
  TEAM_EXISTS: '团队名称已存在',
  QUICK_REPLY_NOT_FOUND: '快捷回复不存在',
  QUICK_REPLY_EXISTS: '快捷回复名称已存在',
  UNKNOWN_VARIABLE: '文本中有未知变量',
  CONTACT_OPTED_OUT: '联系人已退订',
  USER_NOT_FOUND: '用户不存在',
  ASSIGNEE_CANNOT_SEE: '该机器人属于他人,此人看不到这个会话',
};

const OF_CORE: Record<string, string> = {
  unauthenticated: '未授权',
  invalid_token: 'Token无效',
  token_expired: 'Token已过期',
  forbidden: '禁止访问',
  insufficient_scope: '权限不足',
  no_tenant: '禁止访问',
  not_found: '资源不存在',
  method_not_allowed: '请求方法不支持',
  payload_too_large: '请求体过大',
  rate_limited: '请求过于频繁，请稍后重试',
  limit_exceeded: '已达到套餐上限',
  account_suspended: '账号已被禁用',
  invalid_phone: '手机号格式错误',
  invalid_phone_code: '验证码错误或已过期',
  registration_closed: '注册已关闭',
  otp_required: '需要二次验证码',
  invalid_otp: '二次验证码错误',
  storage_full: '存储空间不足',
  unavailable: '服务暂时不可用',
  internal_error: '服务器内部错误',
};

const BY_STATUS: Record<string, string> = {
  400: '参数错误',
  401: '未授权',
  403: '禁止访问',
  404: '资源不存在',
  409: '资源冲突',
  429: '请求过于频繁，请稍后重试',
};

/** What a client of the document shows. */
export function sentenceOf({ code, status }: { code: string; status: number }): string {
  const found = getOwn<string>(OWN, code) ?? getOwn(OF_CORE, code) ?? getOwn(BY_STATUS, String(status));
  return found ?? (status >= 500 ? '服务器内部错误' : '参数错误');
}

export const SENTENCES = {
  success: 'success',
  smsSent: '验证码已发送',
  signedIn: '登录成功',
  activated: '激活成功',
  activatedAgain: '激活成功（已更新Token）',
  created: '创建成功',
  updated: '更新成功',
  deleted: '删除成功',
  messageReceived: '消息已接收',
  commandAccepted: '指令已下发',
  resultRecorded: '结果已记录',
  configured: '配置成功',
  generated: '生成成功',
  unbound: '解绑成功',
  disabled: '禁用成功',
  wentOnline: '机器人已上线',
  wentOffline: '机器人已离线',
  commandExpired: '指令已过期',
  commandFailed: '指令执行失败',
} as const;

/** Names of robots that nobody has named begin so, before the end of their id; those of both languages, as a server may change its own. */
export const BEGINNINGS_OF_NAMES = { en: 'Robot ', zh: '机器人-' } as const;

/** What frames of the sockets say. */
export const FRAME_SENTENCES = {
  unknownCommand: '指令不存在',
  foreignToken: 'Token与机器人不匹配',
  tooManySockets: '连接数过多',
  lateAuthentication: '认证超时',
  authenticateFirst: '请先认证',
  expiredToken: 'Token已过期',
  invalidToken: 'Token无效',
  internal: '服务器内部错误',
  missingToken: '缺少robotId或token',
  badFrame: '消息格式错误',
  tooManyFrames: '消息过于频繁',
  missingCommand: '缺少commandId',
  silent: '心跳超时',
} as const;

export function unknownType(type: string): string {
  return `未知消息类型: ${type.slice(0, 50)}`;
}
