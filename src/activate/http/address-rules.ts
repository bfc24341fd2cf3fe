/**
 * To which addresses destinations may speak. Everything that is not plainly the public internet is refused, so that nobody who may set up a
 * destination reaches what only this machine can reach; an operator allows networks and hosts of their own.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { TributaryError } from '../../core/errors.js';

/** What the operator allows beside the public internet. */
export interface AddressRules {
  /** Whether an address, to which the host's name was resolved, may be connected to. Judge the very address that is used. */
  allows(address: string, host: string): boolean;
}

/** The special-purpose registries of IANA: what is not globally reachable, is multicast, or leads to an IPv4 address unseen. */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** All of IPv6 that is given out for the internet. */
const GLOBAL_IPV6 = ['2000::/3'];
/** Their last 32 bits are an IPv4 address, which is then the one that is judged. */
const CARRIES_IPV4 = ['::ffff:0:0/96', '64:ff9b::/96'];

const special = blockList([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const global6 = blockList(GLOBAL_IPV6);
const carriesIpv4 = blockList(CARRIES_IPV4);

/**
 * Reads what an operator allows: addresses (`10.1.2.3`), networks (`10.0.0.0/8`, `fd00::/8`) and hosts (`hooks.internal`: whatever address
 * the name has).
 * @throws TributaryError `config_invalid` for an entry that is none of these.
 */
export function readAddressRules(entries: readonly string[]): AddressRules {
  const networks: string[] = [];
  const hosts = new Set<string>();
  for (const entry of entries) {
    if (isNetwork(entry)) networks.push(entry);
    else if (/^(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(entry)) hosts.add(entry.toLowerCase());
    else throw notAnEntry(entry);
  }
  const allowed = blockList(networks);
  return {
    allows(address, host) {
      if (isIP(address) === 0) return false;
      const plain = carriedIpv4(address) ?? address;
      return isPublic(plain) || contains(allowed, plain) || hosts.has(host.toLowerCase().replace(/\.$/, ''));
    },
  };
}

/** True for an address of the public internet. */
export function isPublic(address: string): boolean {
  const plain = carriedIpv4(address) ?? address;
  if (contains(special, plain)) return false;
  return isIPv4(plain) || contains(global6, plain);
}

/** The IPv4 address within an IPv6 address that stands for one, `::ffff:127.0.0.1` or its like. */
function carriedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6 || !contains(carriesIpv4, address)) return undefined;
  // The URL parser writes IPv6 in one form: no dotted part, no zone.
  const groups = new URL(`http://[${withoutZone(address)}]`).hostname.slice(1, -1).split(':');
  const [high, low] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  if (high === undefined || low === undefined) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  return list.check(withoutZone(address), isIPv4(address) ? 'ipv4' : 'ipv6');
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

function notAnEntry(entry: string): TributaryError {
  return new TributaryError(
    'config_invalid',
    `TRIBUTARY_DESTINATION_NETWORKS has "${entry}", which is no address (10.1.2.3), network (10.0.0.0/8) or host (hooks.internal).`,
  );
}
