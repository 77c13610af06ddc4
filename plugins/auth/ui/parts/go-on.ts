/** Where somebody goes who has signed in: to where they wanted, on this server alone. */
import { announceSignedIn, useUrlState } from 'patchbay-platform/ui';

const OWN_PAGES = ['/sign-in', '/register'];

/** Of `?to=`; the start for none, and for everything that is no page of this server or would lead back here. */
function placeAfter(to: string | undefined): URL {
  const start = new URL('/', location.origin);
  const wanted = URL.parse(to ?? '/', location.origin);
  if (wanted?.origin !== location.origin) return start;
  return OWN_PAGES.some((page) => wanted.pathname.startsWith(page)) ? start : wanted;
}

/** What a page calls once somebody has signed in: other tabs go on, and this one loads what it has for them. */
export function useGoOn(): (to?: string) => void {
  const [{ to: wanted }] = useUrlState();
  return (to = wanted) => {
    announceSignedIn();
    location.assign(placeAfter(to).href);
  };
}
