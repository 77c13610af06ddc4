/** The temp-mail service's wire format: plain JSON; errors `{error}` in Chinese, as its clients show them. */
import type { Dialect } from '#core/http/dialect.ts';

/** What core's errors say in this dialect. */
const SENTENCES: Record<string, string> = {
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
  account_suspended: '账号已停用',
};

export const tempMailDialect: Dialect = {
  name: 'temp-mail',
  prefixes: ['/api'],
  validationStatus: 400,
  failure(error) {
    const [issue] = error.issues;
    if (issue) return { body: { error: `请求参数错误: ${issue.path.slice(1).join('.')} ${issue.message}` } };
    const sentence = SENTENCES[error.code] ?? error.message;
    // Unknown paths below /api: three dialects live here, and this shape suits them all.
    if (error.code === 'not_found') return { body: { error: sentence, code: 'NOT_FOUND', success: false } };
    return { body: { error: sentence, ...error.extra } };
  },
};
