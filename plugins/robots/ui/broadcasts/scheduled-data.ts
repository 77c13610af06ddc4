/** Where scheduled messages are. */
export const SCHEDULED = '/api/platform/robots/scheduled-messages';
