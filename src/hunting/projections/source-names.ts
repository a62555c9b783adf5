// Names of products and sensors: alerts carry the code names of the incidents' API, hunting tables the names that people
// read (defender-api reference 3.6). A name that is in neither list stays as it is.

const serviceSources: readonly (readonly [string, ...string[]])[] = [
  ['Microsoft Defender for Endpoint', 'MicrosoftDefenderATP', 'MicrosoftDefenderForEndpoint'],
  ['Microsoft Defender for Identity', 'AzureATP', 'MicrosoftDefenderForIdentity'],
  ['Microsoft Defender for Cloud Apps', 'MicrosoftCloudAppSecurity', 'MicrosoftDefenderForCloudApps'],
  ['Microsoft Defender for Office 365', 'OfficeATP', 'MicrosoftDefenderForOffice365'],
  ['Microsoft Defender XDR', 'MicrosoftThreatProtection', 'Microsoft365Defender'],
  ['Microsoft Entra ID Protection', 'AAD_IdentityProtection', 'AadIdentityProtection', 'AzureAdIdentityProtection'],
  ['Microsoft Data Loss Prevention', 'DataLossPrevention', 'MicrosoftDataLossPrevention'],
  ['Microsoft Defender for Cloud', 'MicrosoftDefenderForCloud'],
  ['Microsoft Sentinel', 'MicrosoftSentinel'],
];

const detectionSources: readonly (readonly [string, ...string[]])[] = [
  ['EDR', 'WindowsDefenderAtp', 'MicrosoftDefenderForEndpoint'],
  ['Antivirus', 'WindowsDefenderAv'],
  ['SmartScreen', 'WindowsDefenderSmartScreen'],
  ['Custom TI', 'CustomerTI', 'CustomTi'],
  ['Custom detection', 'CustomDetection'],
  ['Automated investigation', 'AutomatedInvestigation'],
  ['Microsoft Threat Experts', 'ThreatExperts', 'MicrosoftThreatExperts'],
  ['Microsoft Defender for Office 365', 'OfficeATP', 'MicrosoftDefenderForOffice365'],
  ['Microsoft Defender for Identity', 'AzureATP', 'MicrosoftDefenderForIdentity'],
  ['Microsoft Defender for Cloud Apps', 'MCAS', 'MicrosoftCloudAppSecurity', 'CloudAppSecurity'],
  ['Microsoft Defender XDR', 'MTP', 'Microsoft365Defender'],
  ['Microsoft Entra ID Protection', 'AzureAdIdentityProtection'],
  ['3rd Party sensors', '3rd party TI'],
];

function byCodeName(names: readonly (readonly [string, ...string[]])[]): ReadonlyMap<string, string> {
  return new Map(names.flatMap(([shown, ...codes]) => codes.map((code) => [code.toLowerCase(), shown] as const)));
}

const services = byCodeName(serviceSources);
const detections = byCodeName(detectionSources);

export function serviceSourceName(stored: string): string {
  return services.get(stored.toLowerCase()) ?? stored;
}

export function detectionSourceName(stored: string): string {
  return detections.get(stored.toLowerCase()) ?? stored;
}
