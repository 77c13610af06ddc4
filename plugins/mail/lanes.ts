/** The lane of work for mailboxes without a tenant; each tenant has one of its own. */
export const NOBODYS = 'nobody';
