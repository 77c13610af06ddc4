/** What the temp-mail service says in Chinese, as its clients show it. No other dialect, log or result has these. */
import type { AppError } from '#core/plugin.ts';
import type { MailErrorCode } from '../errors.ts';

const OF_MAIL: Record<MailErrorCode, string> = {
  mailbox_not_found: '邮箱不存在',
  message_not_found: '邮件不存在',
  not_your_mailbox: '只能访问自己的邮箱',
  guest_read_only: '演示模式不可操作',
  quota_exceeded: '已达到邮箱数量上限',
  address_taken: '该邮箱地址已被占用',
  domain_not_open: '该域名不对您开放',
  bad_local_part: '邮箱名只能包含小写字母、数字、点、下划线和连字符',
  reserved_name: '该邮箱名为系统保留',
  bad_address: '邮箱地址格式不正确',
  foreign_domain: '不是本站的邮箱地址',
  forward_to_itself: '不能转发到自己',
  wrong_current_password: '当前密码错误',
  weak_password: '密码不符合要求',
  user_not_found: '用户不存在',
  username_taken: '用户名已存在',
  may_not_send: '未授权发件',
  no_transport: '未配置发件服务',
  line_break: '主题或发件人名称不能包含换行',
  empty_mail: '邮件内容不能为空',
  bad_time: 'scheduledAt 不是有效的时间',
  no_change: '需要 status 或 scheduledAt',
  sent_not_found: '发件记录不存在',
  automatic_mail: '不能自动回复退信、自动邮件、邮件列表或无发件人的邮件',
  answered_often: '一小时内发往该地址的自动邮件过多,请稍后再试',
  sent_already: '邮件已发送,无法修改',
  too_many_rules: '规则过多',
  too_many_webhooks: '回调地址过多',
  message_damaged: '邮件内容已损坏或丢失，可从备份中恢复',
  attachment_not_found: '附件不存在',
  refused_by_rule: '该邮箱拒收此邮件',
  mailbox_full: '该邮箱本月收件已达套餐上限,请稍后再试',
  bad_message: '邮件格式不正确',
  unknown_domain: '域名不存在',
  not_signed_in: '未登录',
  wrong_credentials: '用户名或密码错误',
  foreign_origin: '来源不被允许',
};

/** What core and accounts refuse. */
const OF_OTHERS: Record<string, string> = {
  unauthenticated: '未认证',
  forbidden: '权限不足',
  insufficient_scope: '权限不足',
  not_found: '资源不存在',
  method_not_allowed: '请求方法不支持',
  bad_request: '请求参数错误',
  invalid_json: '请求体不是有效的 JSON',
  payload_too_large: '请求体过大',
  unsupported_media_type: '请求体必须是 application/json',
  rate_limited: '请求过于频繁,请稍后再试',
  storage_full: '存储空间不足',
  unavailable: '服务暂不可用',
  internal_error: '服务器内部错误',
  invalid_credentials: '用户名或密码错误',
  limit_exceeded: '已达到套餐上限',
  account_suspended: '账号已停用',
};

export const PASSWORD_CHANGED = '密码修改成功';
export const MESSAGE_DELETED = '邮件已删除';
export const ADMINS_HAVE_NO_LIMIT = '管理员无邮箱数量限制';

/** The error as this service would say it; what it never knew is said as it is. */
export function sentenceOf({ code, message, issues: [issue] }: AppError): string {
  if (issue) return badField(issue);
  if (code === 'weak_password') return `${OF_MAIL.weak_password}: ${message}`;
  return isMailCode(code) ? OF_MAIL[code] : (OF_OTHERS[code] ?? message);
}

export function badField({ path, message }: { path: readonly (string | number)[]; message: string }): string {
  return `${OF_OTHERS.bad_request}: ${path.slice(1).join('.')} ${message}`;
}

function isMailCode(code: string): code is MailErrorCode {
  return Object.hasOwn(OF_MAIL, code);
}
