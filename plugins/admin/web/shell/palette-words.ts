/** By what else the shell's own actions are looked for: in both languages, whatever the page is in. */
export const OWN_WORDS = {
  scheme: 'dark light mode theme appearance night 深色 浅色 暗色 主题 夜间 外观',
  language: 'language english chinese 语言 英语 中文 切换',
  signOut: 'sign out log out logout leave 退出 登出 注销',
} as const;
