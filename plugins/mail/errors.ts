/** Everything that mail refuses, in one list. Sentences are those of the temp-mail service. */
import { defineErrors } from '#core/errors.ts';

export const mailErrors = defineErrors({
  mailbox_not_found: [404, '邮箱不存在'],
  message_not_found: [404, '邮件不存在'],
  not_your_mailbox: [403, '只能访问自己的邮箱'],
  guest_read_only: [403, '演示模式不可操作'],
  quota_exceeded: [403, '已达到邮箱数量上限'],
  unknown_domain: [400, '域名不存在'],
  not_signed_in: [401, '未登录'],
  wrong_credentials: [401, '用户名或密码错误'],
  foreign_origin: [403, '来源不被允许'],
});
