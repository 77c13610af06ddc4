/** The part of mx-connect that is used here; the package brings no types. */
declare module 'mx-connect' {
  import type { Socket } from 'node:net';

  interface Options {
    target: string;
    port?: number;
    mx?: { exchange: string; priority?: number; A?: string[] }[];
    maxConnectTime?: number;
    localHostname?: string;
    /** Addresses that are not tried. */
    ignoreMXHosts?: string[];
    /** Thrown when none is left. */
    mxLastError?: Error;
    dnsOptions?: {
      ignoreIPv6?: boolean;
      blockLocalAddresses?: boolean;
      resolveRecords?: (domain: string, type: string) => Promise<unknown[]>;
    };
    mtaSts?: { enabled: boolean };
  }
  export interface Connection {
    socket: Socket;
    hostname: string;
    /** The address. */
    host: string;
    port: number;
  }
  export default function mxConnect(options: Options): Promise<Connection>;
}
