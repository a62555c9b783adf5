// What Sallyport finds by itself in a tenant's activities: documented rules, one file each, described for people in
// docs/detections.md. Policies decide which of them run, how sensitive, and for whom.
import { adminRights } from './admin-rights.ts';
import { appCredentials } from './app-credentials.ts';
import { decoyAccount } from './decoy-account.ts';
import type { Detection } from './detection.ts';
import { failedSignIns } from './failed-sign-ins.ts';
import { firstCountry } from './first-country.ts';
import { impossibleTravel } from './impossible-travel.ts';
import { inboxForwarding } from './inbox-forwarding.ts';
import { passwordSpray } from './password-spray.ts';
import { riskyAddress } from './risky-address.ts';
import { terminatedUser } from './terminated-user.ts';
import { massDeletion, massDownload, massSharing } from './unusual-volume.ts';

/** All of them, in the order in which lists show them. */
export const detections: readonly Detection[] = [
  impossibleTravel,
  firstCountry,
  riskyAddress,
  failedSignIns,
  passwordSpray,
  massDownload,
  massDeletion,
  massSharing,
  inboxForwarding,
  adminRights,
  appCredentials,
  terminatedUser,
  decoyAccount,
];

/** The detection behind a built-in policy. */
export function findDetection(id: string): Detection | undefined {
  return detections.find((detection) => detection.id === id);
}
