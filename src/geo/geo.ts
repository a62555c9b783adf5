// Country and organisation of an address, from databases on this machine: nothing is asked of the network. The country
// comes from an MMDB file, the organisation from the AS index (asn-index.ts) or from the operator's own MMDB file.
// Nothing is read before the first look-up. NOTICE names the data's sources and licences.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import type { Response } from 'maxmind';
import type { Config } from '../config.ts';
import { type AutonomousSystem, loadAsnIndex } from './asn-index.ts';

export interface Place {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countryCode: string | null;
  /** Who announces the address, and under which AS number. */
  readonly organization: string | null;
  readonly asNumber: number | null;
}

/** Looks an address up; it must be in normal form. Never throws: what is unknown is null. */
export type Geo = (address: string) => Place;

type GeoConfig = Pick<Config, 'dataFolder' | 'countryDatabaseFile' | 'organizationDatabaseFile'>;
type SystemConfig = Pick<Config, 'dataFolder' | 'organizationDatabaseFile'>;

const opened = new WeakMap<GeoConfig, Promise<Geo>>();

/** The databases of this configuration, opened at the first call. Rejects with a sentence when a file cannot be read. */
export function openGeo(config: GeoConfig): Promise<Geo> {
  let geo = opened.get(config);
  if (!geo) {
    geo = load(config);
    opened.set(config, geo);
    geo.catch(() => opened.delete(config));
  }
  return geo;
}

async function load(config: GeoConfig): Promise<Geo> {
  const country = await openDatabase('countryDatabaseFile', config.countryDatabaseFile ?? shippedCountryFile());
  const system = await openOrganizations(config);
  return (address) => {
    const found = system(address);
    return {
      countryCode: countryOf(country(address)),
      organization: found === undefined || found.name === '' ? null : found.name,
      asNumber: found === undefined ? null : found.number,
    };
  };
}

const packages = createRequire(import.meta.url);

export function shippedCountryFile(): string {
  return packages.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb');
}

async function openDatabase(setting: string, file: string): Promise<(address: string) => unknown> {
  try {
    const { open: openMmdb } = await import('maxmind');
    // The package's type is the list of MaxMind's own records; other makers' files hold others.
    const reader = await openMmdb<Response>(file);
    return (address) => reader.get(address);
  } catch (error) {
    throw new Error(
      `The address database ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}. Correct the setting ${setting}.`,
    );
  }
}

/** The AS number of an address, for threads that look up many and need nothing else. */
export async function openSystems(config: SystemConfig): Promise<(address: string) => number | undefined> {
  const find = await openOrganizations(config);
  return (address) => find(address)?.number;
}

async function openOrganizations(config: SystemConfig): Promise<(address: string) => AutonomousSystem | undefined> {
  if (config.organizationDatabaseFile !== null) {
    const database = await openDatabase('organizationDatabaseFile', config.organizationDatabaseFile);
    return (address) => systemOf(database(address));
  }
  const file4 = packages.resolve('@ip-location-db/asn/asn-ipv4-num.csv');
  const file6 = packages.resolve('@ip-location-db/asn/asn-ipv6-num.csv');
  // A later version of the data gets a file of its own.
  const { version } = packages('@ip-location-db/asn/package.json') as { version: string }; // Every package has one.
  const index = await loadAsnIndex(join(config.dataFolder, 'cache', `asn-${version}.index`), file4, file6);
  return (address) => index.find(ipaddr.process(address).toByteArray());
}

/** `{country_code}` of ip-location-db, `{country: {iso_code}}` of MaxMind and DB-IP, `{country}` of IPinfo. */
export function countryOf(record: unknown): string | null {
  const country =
    member(record, 'country_code') ?? member(member(record, 'country'), 'iso_code') ?? member(record, 'country');
  return typeof country === 'string' && /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : null;
}

/** `{autonomous_system_number, autonomous_system_organization}` of MaxMind and others, `{asn, as_name}` of IPinfo. */
function systemOf(record: unknown): AutonomousSystem | undefined {
  const number = member(record, 'autonomous_system_number') ?? member(record, 'asn');
  const name = member(record, 'autonomous_system_organization') ?? member(record, 'as_name') ?? member(record, 'name');
  const asNumber = Number(String(number ?? '').replace(/^AS/i, ''));
  if (typeof name !== 'string' && !(asNumber > 0)) return undefined;
  return { number: Number.isSafeInteger(asNumber) ? asNumber : 0, name: typeof name === 'string' ? name : '' };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
