/** Everything that licensing refuses: the codes and sentences of the licence document, and its own. */
import { defineErrors } from '#core/errors.ts';

export const licensingErrors = defineErrors({
  MISSING_LICENSE: [400, '激活码不能为空'],
  MISSING_EMAIL: [400, '邮箱不能为空'],
  INVALID_LICENSE: [403, '激活码不存在或已停用'],
  LICENSE_EXPIRED: [403, '许可证已过期'],
  LICENCE_NOT_FOUND: [404, '许可证不存在'],
  DEVICE_NOT_FOUND: [404, '设备不存在'],
  DEVICE_DEACTIVATED: [403, '该设备已被停用'],
  DEVICE_LIMIT_EXCEEDED: [409, '设备数量已达上限'],
  NOT_FLOATING: [409, '该许可证不是浮动许可证'],
  LEASE_NOT_FOUND: [404, '租约不存在或已过期'],
  PRODUCT_NOT_FOUND: [404, '产品不存在'],
  PRODUCT_EXISTS: [409, '产品代码已存在'],
  TRIAL_NOT_OFFERED: [404, '该产品不提供试用'],
  LINK_EXPIRED: [403, '链接无效或已过期'],
  VERSION_NOT_COVERED: [403, '许可证不包含此版本'],
  REVOKED: [409, '许可证已被撤销'],
});
