/** Other networks whose accounts are robots. */
export const CHANNELS = '/api/platform/robots/channels';
export const CHANNEL_ROBOTS = '/api/platform/robots/channels/robots';
