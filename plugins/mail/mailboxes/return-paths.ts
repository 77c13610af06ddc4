/**
 * Return paths: envelope senders that find their way back. VERP: `bounces+ID.MAC@domain` names one delivery of ours, so that its
 * bounce can be matched. SRS: `srs0=MAC=DAY=domain=local@domain` is a foreign sender whose mail we forward.
 */
import { epochDay, safeEqual } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';

export type ReturnPath = { kind: 'delivery'; id: number } | { kind: 'forwarded'; sender: string };

export interface ReturnPaths {
  /** The envelope sender of one delivery. */
  forDelivery(id: number, domain: string): string;
  /** The envelope sender of a forwarded message; '' stays ''. Null when the rewritten address would be too long. */
  forForward(sender: string, domain: string): string | null;
  /** What an address of ours stands for; null when it is no return path, or not signed by us, or too old. */
  read(address: string): ReturnPath | null;
}

const MAC_LENGTH = 12;
/** 40 bits: whether an address is ours is answered at once, to who asks again and again. */
const SRS_MAC_LENGTH = 10;
/** Bounces later than this are not of our time (as the SRS specification proposes). */
const SRS_DAYS = 21;
const MAX_LOCAL = 64;

export function createReturnPaths({ secrets, clock }: Services): ReturnPaths {
  return {
    forDelivery: (id, domain) => `bounces+${id}.${mac(`delivery:${id}`, MAC_LENGTH)}@${domain}`,
    forForward(sender, domain) {
      const at = sender.lastIndexOf('@');
      if (at < 1) return '';
      // Whose name it is may tell capitals from small letters (RFC 5321 §2.4), and who brings it back may not.
      const about = `${epochDay(clock.now())}=${sender.slice(at + 1).toLowerCase()}=${sender.slice(0, at)}`;
      const local = `srs0=${srsMac(about)}=${about}`;
      return local.length > MAX_LOCAL ? null : `${local}@${domain}`;
    },
    read(address) {
      const local = address.slice(0, address.lastIndexOf('@'));
      const delivery = /^bounces\+(\d{1,15})\.([a-z0-9]+)$/i.exec(local);
      if (delivery) {
        const [, id = '', given = ''] = delivery;
        return safeEqual(given.toLowerCase(), mac(`delivery:${id}`, MAC_LENGTH))
          ? { kind: 'delivery', id: Number(id) }
          : null;
      }
      const forwarded = /^srs0=([a-z0-9]+)=((\d{1,6})=([^=]+)=(.+))$/i.exec(local);
      if (!forwarded) return null;
      const [, given = '', about = '', day = '', domain = '', sender = ''] = forwarded;
      const isFresh = Math.abs(epochDay(clock.now()) - Number(day)) <= SRS_DAYS;
      if (!isFresh || !safeEqual(given.toLowerCase(), srsMac(about))) return null;
      return { kind: 'forwarded', sender: `${sender}@${domain.toLowerCase()}` };
    },
  };

  function srsMac(about: string): string {
    return mac(`srs:${about.toLowerCase()}`, SRS_MAC_LENGTH);
  }

  /** Letters of one case and digits: mail servers may change the case of a local part. */
  function mac(text: string, length: number): string {
    return Buffer.from(secrets.sign('mail.return-path', text), 'base64url').toString('hex').slice(0, length);
  }
}

/** What one copy of a mail is for: the mailbox, or the mail that a return path stands for. */
export function placeOf({ address, recipient = address }: { address: string; recipient?: string }): string {
  return looksLikeReturnPath(recipient) ? recipient : address;
}

/** Whether a local part has the form of a return path, signed or not: nobody can have such a mailbox. */
export function looksLikeReturnPath(local: string): boolean {
  return /^(srs0=|bounces\+)/i.test(local);
}
