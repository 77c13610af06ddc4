/** The part of maildev that the comparison uses; the package brings no types. */
declare module 'maildev' {
  export default class MailDev {
    constructor(options: { smtp: number; ip: string; disableWeb: boolean; silent: boolean });
    listen(ready: () => void): void;
  }
}
