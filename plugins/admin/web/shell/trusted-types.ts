/**
 * No text becomes a script or a page here. The one policy lets libraries write style sheets through `innerHTML`, which hold
 * no `<`, and refuses everything else, and scripts of other origins.
 */
interface Policies {
  createPolicy(name: string, rules: Record<string, (text: string) => string>): unknown;
}

const { trustedTypes } = globalThis as { trustedTypes?: Policies };

trustedTypes?.createPolicy('default', {
  createHTML(text) {
    if (text.includes('<')) throw new TypeError('HTML is not made of texts here');
    return text;
  },
  createScriptURL(text) {
    if (new URL(text, location.href).origin !== location.origin) throw new TypeError(`${text} is of another origin`);
    return text;
  },
});
