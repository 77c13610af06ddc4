/** The sentences of the licence document, which its dialect answers with; the codes are the contract. */
import type { LicensingErrorCode } from '../errors.ts';

export const MESSAGES: Record<LicensingErrorCode, string> = {
  MISSING_LICENSE: '激活码不能为空',
  MISSING_EMAIL: '邮箱不能为空',
  INVALID_LICENSE: '激活码不存在或已停用',
  LICENSE_EXPIRED: '许可证已过期',
  LICENCE_NOT_FOUND: '许可证不存在',
  DEVICE_NOT_FOUND: '设备不存在',
  DEVICE_DEACTIVATED: '该设备已被停用',
  DEVICE_LIMIT_EXCEEDED: '设备数量已达上限',
  NOT_FLOATING: '该许可证不是浮动许可证',
  LEASE_NOT_FOUND: '租约不存在或已过期',
  PRODUCT_NOT_FOUND: '产品不存在',
  PRODUCT_EXISTS: '产品代码已存在',
  TRIAL_NOT_OFFERED: '该产品不提供试用',
  LINK_EXPIRED: '链接无效或已过期',
  VERSION_NOT_COVERED: '许可证不包含此版本',
  IMPORT_RUNNING: '已有导入任务正在进行,请稍后再试',
  ISSUER_ENDED: '导入期间该组织已被暂停或删除',
  INVALID_CSV: '文件未导入：部分行有误',
  CUT_OFF: '文件未完整下载',
  REVOKED: '许可证已被撤销',
};

export const VERIFIED = '许可证验证成功';

/** Codes and sentences for what core refuses, and for licensing's where the document has another code. */
export const WORDS: Record<string, readonly [code: string, message: string]> = {
  unauthenticated: ['INVALID_API_KEY', 'API密钥无效'],
  forbidden: ['FORBIDDEN', '权限不足'],
  insufficient_scope: ['FORBIDDEN', '权限不足'],
  not_found: ['NOT_FOUND', 'API端点不存在'],
  method_not_allowed: ['METHOD_NOT_ALLOWED', '请求方法不支持'],
  payload_too_large: ['PAYLOAD_TOO_LARGE', '请求体过大'],
  rate_limited: ['RATE_LIMITED', '请求过于频繁,请稍后再试'],
  limit_exceeded: ['LIMIT_EXCEEDED', '已达到套餐上限'],
  storage_full: ['STORAGE_FULL', '存储空间不足'],
  internal_error: ['INTERNAL_ERROR', '服务器内部错误'],
  LICENCE_NOT_FOUND: ['NOT_FOUND', MESSAGES.LICENCE_NOT_FOUND],
  DEVICE_NOT_FOUND: ['NOT_FOUND', MESSAGES.DEVICE_NOT_FOUND],
};
export const INVALID_REQUEST = ['INVALID_REQUEST', '请求参数无效'] as const;
