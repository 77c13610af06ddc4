/** Loaded for what it does: it makes the locale known to cronstrue. */
declare module 'cronstrue/locales/zh_CN';
