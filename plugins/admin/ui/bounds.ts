/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */

export const addMailbox = {
  local: { maxLength: 64 },
  domain: { maxLength: 255 },
} as const;
