/** Everything that licensing refuses, with the codes and sentences of the licence document. */
import { defineErrors } from '#core/errors.ts';

export const licensingErrors = defineErrors({
  MISSING_LICENSE: [400, '激活码不能为空'],
  MISSING_EMAIL: [400, '邮箱不能为空'],
  LICENCE_NOT_FOUND: [404, '许可证不存在'],
  DEVICE_NOT_FOUND: [404, '设备不存在'],
  DEVICE_LIMIT_EXCEEDED: [409, '设备数量已达上限'],
  TOO_MANY_TRIES: [429, '验证失败次数过多,请稍后再试'],
});
