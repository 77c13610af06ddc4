/** What lets the styles that libraries write pass the content security policy; the server gives another one with each page. */
export const styleNonce = document.querySelector('meta[name=csp-nonce]')?.getAttribute('content') ?? '';
