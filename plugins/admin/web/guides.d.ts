declare module 'virtual:guides' {
  const guides: readonly import('./guide.ts').Guide[];
  export default guides;
}

declare module 'virtual:guides/pages' {
  const pages: Readonly<Record<string, () => Promise<{ default: readonly import('./guide.ts').GuideNode[] }>>>;
  export default pages;
}

declare module 'virtual:guides/words' {
  const guides: readonly import('./guide.ts').Guide[];
  export default guides;
}
