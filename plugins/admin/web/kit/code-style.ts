/** How code looks, for pages that bring an editor of their own; loaded when one is shown, since CodeMirror comes with it. */
export const codeStyle = async () => {
  const [{ codeColors }, { styleNonce }] = await Promise.all([import('./code-colors.ts'), import('./style-nonce.ts')]);
  return { codeColors, styleNonce };
};
