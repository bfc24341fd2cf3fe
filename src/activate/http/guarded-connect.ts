/**
 * Connecting under the address rules. They are asked with the very address that the socket then connects to, so neither a DNS answer that
 * changes nor a redirect gets around them.
 */
import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { SendFailure } from '../destinations/destination.js';
import type { AddressRules } from './address-rules.js';

/** How names are resolved; the system's way but in tests. */
export type ResolveAll = (
  host: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const CONNECT_MS_MAX = 10_000;

/** A connector of undici that refuses what the rules do not allow. */
export function guardedConnector(
  rules: AddressRules,
  resolveAll: ResolveAll = systemLookup,
): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(rules, resolveAll), timeout: CONNECT_MS_MAX });
  return (options, done) => {
    // A literal address is never looked up.
    const host = withoutBrackets(options.hostname);
    if (isIP(host) !== 0 && !rules.allows(host, host)) done(addressRefused(host), null);
    else connect(options, done);
  };
}

/** A lookup for sockets that gives only addresses which the rules allow, and fails with `address_refused` when none is left. */
export function guardedLookup(rules: AddressRules, resolveAll: ResolveAll = systemLookup): LookupFunction {
  return (host, options, done) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    resolveAll(host, { family, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 0);
      const allowed = addresses.filter(({ address }) => rules.allows(address, host));
      const [first] = allowed;
      if (first === undefined) return done(addressRefused(host), '', 0);
      if (options.all === true) done(null, allowed);
      else done(null, first.address, first.family);
    });
  };
}

/**
 * An address of the host that may be connected to.
 * @throws SendFailure `address_refused`; an error of DNS as it comes.
 */
export function guardedResolve(
  rules: AddressRules,
  host: string,
  resolveAll: ResolveAll = systemLookup,
): Promise<string> {
  const literal = withoutBrackets(host);
  if (isIP(literal) !== 0) {
    return rules.allows(literal, literal)
      ? Promise.resolve(literal)
      : Promise.reject(addressRefused(literal));
  }
  return new Promise((resolve, reject) => {
    guardedLookup(rules, resolveAll)(host, { all: false }, (error, address) => {
      if (error !== null) reject(error);
      else resolve(String(address));
    });
  });
}

/** What is said of an address that may not be spoken to. Trying again changes nothing until an operator allows it. */
export function addressRefused(host: string): SendFailure {
  return new SendFailure({
    code: 'address_refused',
    message: `${host} is not on the public internet. An operator can allow it in TRIBUTARY_DESTINATION_NETWORKS.`,
    retry: false,
  });
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
