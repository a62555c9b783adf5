import { ProcessThrottle } from '../../access/throttle.ts';
import { ClientFailures } from '../../authorizations/client-failures.ts';
import { IssuanceRecorder } from '../../authorizations/issuance-recorder.ts';
import type { Services } from '../../context.ts';

/** The services of the process and what this surface keeps between requests. */
export interface EntraServices extends Services {
  readonly issuance: IssuanceRecorder;
  readonly clientFailures: ClientFailures;
  /** Counts what makes rows without a credential, and polls of devices. */
  readonly throttle: ProcessThrottle;
}

/** Closing the server must close `issuance`, which writes what waits. */
export function openEntraServices(services: Services): EntraServices {
  return {
    ...services,
    issuance: new IssuanceRecorder(services),
    clientFailures: new ClientFailures(services),
    throttle: new ProcessThrottle(),
  };
}
