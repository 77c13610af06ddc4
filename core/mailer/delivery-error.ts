/** The transport did not take a message. */
export class DeliveryError extends Error {
  override name = 'DeliveryError';
  /** Trying again is useless. */
  readonly isPermanent: boolean;
  /** The server did not even answer: nobody else's message would get through now. */
  readonly isUnreachable: boolean;
  constructor(message: string, about: { isPermanent?: boolean; isUnreachable?: boolean }, cause?: unknown) {
    super(message, { cause });
    this.isPermanent = about.isPermanent ?? false;
    this.isUnreachable = about.isUnreachable ?? false;
  }
}
