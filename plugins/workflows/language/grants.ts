/** The grants of OAuth 2.0 (RFC 6749 §4.3, §4.4; RFC 8693) that policies may name: those that need no person. */

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const GRANTS = ['client_credentials', 'password', TOKEN_EXCHANGE];
