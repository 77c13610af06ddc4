/** The shape of events. */

/** CloudEvents 1.0 attributes (§3), with the tenant as the extension `tenantid`. */
export interface CloudEvent<D = unknown> {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  /** RFC 3339, UTC. */
  time: string;
  subject?: string;
  tenantid?: string;
  datacontenttype: 'application/json';
  data: D;
}
