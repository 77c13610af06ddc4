declare module 'virtual:guides' {
  const guides: readonly import('./kit/guide.ts').Guide[];
  export default guides;
}

declare module 'virtual:guides/pages' {
  const pages: Readonly<Record<string, () => Promise<{ default: readonly import('./kit/guide.ts').GuideNode[] }>>>;
  export default pages;
}

declare module 'virtual:guides/words' {
  const guides: readonly import('./kit/guide.ts').Guide[];
  export default guides;
}
