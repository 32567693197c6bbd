import { BlockList, isIP } from 'node:net';
import { type MllpListenerConfig, OverreadError } from '../../../../contracts/index.js';

/** An IPv4 address as an IPv6 socket shows it, `::ffff:10.0.0.1`, is that IPv4 address. */
function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

export function isLoopback(host: string): boolean {
  const address = plainAddress(host);
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Says whether an address may connect; an empty list lets everyone. Throws OVR_ALLOW_LIST_INVALID. */
export function createAllowList(entries: readonly string[], setting: string): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix, ...more] = entry.trim().split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    const length = prefix === undefined ? bits : Number(prefix);
    const valid = isIP(address) !== 0 && more.length === 0 && prefix !== '';
    if (!valid || !Number.isInteger(length) || length < 0 || length > bits) {
      throw new OverreadError('OVR_ALLOW_LIST_INVALID', `${setting} has "${entry}"`);
    }
    list.addSubnet(address, length, family(address));
  }
  return (address) => {
    const plain = plainAddress(address);
    return entries.length === 0 || (isIP(plain) !== 0 && list.check(plain, family(plain)));
  };
}

/** Throws OVR_UNSAFE_BINDING for a listener beyond loopback that would take messages from anyone. */
export function checkBinding({ name, host, allowFrom, tls }: MllpListenerConfig): void {
  if (isLoopback(host) || allowFrom.length > 0 || tls !== null) return;
  throw new OverreadError('OVR_UNSAFE_BINDING', `gateway.mllp "${name}" host ${host}`);
}
