import { isIP, type LookupFunction, connect as netConnect } from 'node:net';
import { checkServerIdentity, connect as tlsConnect } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import type { SendContext } from '../destination.js';

const KEEP_ALIVE_MS = 60_000;

/**
 * Opens sockets only to where the address rules let them: brokers are told of by other brokers, so any address may come up.
 * @param refused hears why one was not opened.
 */
export function guardedSockets(
  resolve: SendContext['resolve'],
  refused: (error: unknown) => void,
): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const lookup: LookupFunction = (_, options, done) => {
      resolve(host).then(
        (address) => {
          const family = isIP(address);
          if (options.all === true) done(null, [{ address, family }]);
          else done(null, address, family);
        },
        (error: unknown) => {
          refused(error);
          done(error as NodeJS.ErrnoException, '', 0);
        },
      );
    };
    // An address would be connected to without a lookup, a name never is: so this one stands for whatever the host is.
    const to = { host: 'broker', port, lookup };
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? tlsConnect(
          // The certificate must be that of the real host.
          { ...ssl, ...to, ...servername, checkServerIdentity: (_, cert) => checkServerIdentity(host, cert) },
          onConnect,
        )
      : netConnect(to, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    return socket;
  };
}
