/** Certificates of this server, as pages ask for them. */
import { $api } from 'patchbay-platform/ui';

export const CERTIFICATES = '/api/platform/certificates';
/** What is under way shows soon; what is not, when it changes by itself. */
const SOON_MS = 2_000;
const LATER_MS = 60_000;

export function useCertificates() {
  return $api.useQuery(
    'get',
    CERTIFICATES,
    {},
    { refetchInterval: ({ state }) => (state.data?.is_renewing ? SOON_MS : LATER_MS) },
  );
}

export type Certificates = NonNullable<ReturnType<typeof useCertificates>['data']>;
export type Certificate = Certificates['items'][number];

/** Words of `State` for those of the API. */
export const STATES = { waiting: 'retrying', valid: 'ok', ending: 'retrying', ended: 'failed' } as const;
