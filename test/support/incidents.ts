// Incidents in the documented form, made up.
import { formatTicks, ticksOfMs } from '../../src/lib/ticks.ts';
import { testStart } from './clock.ts';

type Members = Readonly<Record<string, unknown>>;

/** `ticks` of 100 ns after the start of the tests' time, as the wire writes it. */
export function timeAt(ticks: number): string {
  return formatTicks(ticksOfMs(testStart) + BigInt(ticks));
}

/** An incident with one alert, one device and two entities; each id was last updated a second after the one before it. */
export function sampleIncident(id: number, changes: Members = {}): Members {
  const time = timeAt(id * 10_000_000);
  return {
    incidentId: id,
    redirectIncidentId: null,
    incidentName: `Hack tool on endpoint ${id}`,
    createdTime: timeAt(0),
    lastUpdateTime: time,
    assignedTo: null,
    classification: 'Unknown',
    determination: 'NotAvailable',
    status: 'Active',
    severity: 'Low',
    tags: [],
    comments: [],
    alerts: [sampleAlert(id, time)],
    ...changes,
  };
}

export function sampleAlert(id: number, time: string): Members {
  return {
    alertId: `da63734991483344${id}_393341063`,
    incidentId: id,
    serviceSource: 'MicrosoftDefenderForEndpoint',
    creationTime: time,
    lastUpdatedTime: time,
    resolvedTime: null,
    firstActivity: time,
    lastActivity: time,
    title: 'A hack tool was detected',
    description: 'Tools like this are used to take over more machines.',
    category: 'Malware',
    status: 'New',
    severity: 'Low',
    investigationId: null,
    investigationState: 'UnsupportedOs',
    classification: null,
    determination: null,
    detectionSource: 'WindowsDefenderAv',
    detectorId: 'e0da400f-affd-43ef-b1d5-afc2eb6f2756',
    assignedTo: null,
    actorName: null,
    threatFamilyName: 'Mimikatz',
    mitreTechniques: [],
    devices: [
      {
        mdatpDeviceId: '24c222b0b60fe148eeece49ac83910cc6a7ef491',
        aadDeviceId: null,
        deviceDnsName: `pc${id}.contoso.example`,
        osPlatform: 'Windows11',
        version: '23H2',
        osProcessor: 'x64',
        osBuild: 22631,
        healthStatus: 'Active',
        riskScore: 'High',
        rbacGroupName: null,
        rbacGroupId: 0,
        firstSeen: time,
        tags: [],
      },
    ],
    entities: [
      { entityType: 'User', accountName: 'ana', domainName: 'contoso', userPrincipalName: 'ana@contoso.example' },
      { entityType: 'File', sha1: '5de839186691aa96ee2ca6d74f0a38fb8d1bd6dd', fileName: 'x.dll', filePath: 'C:\\Temp' },
    ],
  };
}

/** So many incidents, one a line. */
export function incidentLines(count: number, from = 1): string {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(sampleIncident(from + index))}\n`).join('');
}
