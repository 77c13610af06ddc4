/** The licence server's wire format: `{success: false, code, message}`; messages are Chinese, codes are the contract. */
import type { Dialect } from '#core/http/dialect.ts';

/** Codes and sentences for what core refuses. */
const WORDS: Record<string, readonly [code: string, message: string]> = {
  unauthenticated: ['INVALID_API_KEY', 'API密钥无效'],
  forbidden: ['FORBIDDEN', '权限不足'],
  insufficient_scope: ['FORBIDDEN', '权限不足'],
  not_found: ['NOT_FOUND', 'API端点不存在'],
  method_not_allowed: ['METHOD_NOT_ALLOWED', '请求方法不支持'],
  payload_too_large: ['PAYLOAD_TOO_LARGE', '请求体过大'],
  rate_limited: ['RATE_LIMITED', '请求过于频繁,请稍后再试'],
  storage_full: ['STORAGE_FULL', '存储空间不足'],
  internal_error: ['INTERNAL_ERROR', '服务器内部错误'],
  LICENCE_NOT_FOUND: ['NOT_FOUND', '许可证不存在'],
  DEVICE_NOT_FOUND: ['NOT_FOUND', '设备不存在'],
};
const INVALID_REQUEST = ['INVALID_REQUEST', '请求参数无效'] as const;

export const licenceDialect: Dialect = {
  name: 'licence',
  prefixes: ['/api/verify', '/api/admin', '/api/licenses'],
  validationStatus: 400,
  failure(error) {
    const isOwn = /^[A-Z_]+$/.test(error.code);
    const known = WORDS[error.status === 401 ? 'unauthenticated' : error.code];
    const [code, message] = known ?? (isOwn ? [error.code, error.message] : INVALID_REQUEST);
    return { body: { success: false, code, message, ...error.extra } };
  },
};
