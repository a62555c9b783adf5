// The appliances that there are block scripts for, by the ids of the documented call (cloud-apps reference 2.8).
import { writeBlueCoat } from './blue-coat.ts';
import { writeCiscoAsa } from './cisco-asa.ts';
import { writeFortiGate } from './fortigate.ts';
import { writeJuniperSrx } from './juniper-srx.ts';
import { writePaloAlto } from './palo-alto.ts';
import type { WriteScript } from './script.ts';
import { writeWebsense } from './websense.ts';
import { writeZscaler } from './zscaler.ts';

export interface Appliance {
  readonly id: number;
  /** What the command line calls it. */
  readonly name: string;
  readonly title: string;
  /** As the name of the download has it. */
  readonly fileWord: string;
  readonly write: WriteScript;
}

export const appliances: readonly Appliance[] = [
  { id: 102, name: 'bluecoat', title: 'Blue Coat ProxySG', fileWord: 'BlueCoat_ProxySG', write: writeBlueCoat },
  { id: 104, name: 'cisco-asa', title: 'Cisco ASA', fileWord: 'Cisco_ASA', write: writeCiscoAsa },
  { id: 108, name: 'fortigate', title: 'Fortinet FortiGate', fileWord: 'FortiGate', write: writeFortiGate },
  { id: 112, name: 'palo-alto', title: 'Palo Alto', fileWord: 'Palo_Alto', write: writePaloAlto },
  { id: 120, name: 'zscaler', title: 'Zscaler', fileWord: 'Zscaler', write: writeZscaler },
  { id: 129, name: 'juniper-srx', title: 'Juniper SRX', fileWord: 'Juniper_SRX', write: writeJuniperSrx },
  { id: 135, name: 'websense', title: 'Websense', fileWord: 'Websense', write: writeWebsense },
];

/** By id, as the API has it, or by name. */
export function findAppliance(format: string): Appliance | undefined {
  const wanted = format.trim().toLowerCase();
  return appliances.find(({ id, name }) => String(id) === wanted || name === wanted);
}
