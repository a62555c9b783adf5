import { discoverySettings } from './discovery-settings.ts';
import { entitySettings } from './entity-settings.ts';
import { huntingSettings } from './hunting-settings.ts';
import { incidentSettings } from './incident-settings.ts';
import { machineSettings } from './machine-settings.ts';
import { notificationSettings } from './notification-settings.ts';
import { policySettings } from './policy-settings.ts';
import type { Setting } from './settings.ts';
import { signInSettings } from './sign-in-settings.ts';

/** What alerts bring along: rows of the table in settings.ts, one file for each part. */
export const securitySettings = [
  ...discoverySettings,
  ...entitySettings,
  ...huntingSettings,
  ...incidentSettings,
  ...machineSettings,
  ...notificationSettings,
  ...policySettings,
  ...signInSettings,
] as const satisfies readonly Setting[];
