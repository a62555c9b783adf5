// Which kind of access a program needs, by what it does.

/** Questions in their order, with the answers that each takes. */
export const questions = {
  data: ['own', 'customers'],
  person: ['no', 'yes'],
  api: ['cloud-apps', 'defender'],
  rights: ['mine', 'its-own'],
} as const;

export type Question = keyof typeof questions;
export type Answers = Readonly<{ [Name in Question]?: (typeof questions)[Name][number] }>;
export type Access = 'token' | 'application' | 'delegated' | 'partner';

/** Answers as they stand in an address; anything else is no answer. */
export function readAnswers(search: Readonly<Record<string, unknown>>): Answers {
  const entries = Object.entries(questions).flatMap(([name, answers]) => {
    const answer = answers.find((each) => each === search[name]);
    return answer === undefined ? [] : [[name, answer]];
  });
  return Object.fromEntries(entries) as Answers; // Each is one of its question's answers.
}

/** The questions to ask so far, the last one open unless `access` is told. */
export function decide({ data, person, api, rights }: Answers): { asked: readonly Question[]; access?: Access } {
  if (data === undefined) return { asked: ['data'] };
  if (data === 'customers') return { asked: ['data'], access: 'partner' };
  if (person === undefined) return { asked: ['data', 'person'] };
  if (person === 'yes') return { asked: ['data', 'person'], access: 'delegated' };
  if (api === undefined) return { asked: ['data', 'person', 'api'] };
  if (api === 'defender') return { asked: ['data', 'person', 'api'], access: 'application' };
  const asked = ['data', 'person', 'api', 'rights'] as const;
  if (rights === undefined) return { asked };
  return { asked, access: rights === 'mine' ? 'token' : 'application' };
}

/** Answers without those to questions that are not asked. */
export function keepAsked(answers: Answers): Answers {
  const { asked } = decide(answers);
  return Object.fromEntries(Object.entries(answers).filter(([name]) => asked.some((each) => each === name)));
}

interface Place {
  /** `https://contoso.sallyport.example` */
  readonly origin: string;
  readonly tenantId: string;
}

type SampleStep = 'token' | 'call' | 'device' | 'poll';

/** Calls that work once the names in capitals are replaced; secrets are typed and so in no history. */
export function samplesFor(
  access: Access,
  api: Answers['api'],
  { origin, tenantId }: Place,
): readonly [SampleStep, string][] {
  const isCloudApps = api === 'cloud-apps';
  const target = isCloudApps ? `${origin}/api/v1/activities/?limit=5` : `${origin}/api/incidents?$top=5`;
  const resource = isCloudApps ? '05a65629-4c1b-48c1-a78b-804c4abdd4af' : 'https://api.security.microsoft.com';
  const bearer: [SampleStep, string] = ['call', `read -rs TOKEN; curl -H "Authorization: Bearer $TOKEN" '${target}'`];
  const tokenAt = (tenant: string) =>
    `read -rs SECRET; printf %s "$SECRET" | curl '${origin}/${tenant}/oauth2/v2.0/token' -d grant_type=client_credentials -d client_id=APP_ID --data-urlencode client_secret@- --data-urlencode scope=${resource}/.default`;
  switch (access) {
    case 'token':
      return [['call', `read -rs TOKEN; curl -H "Authorization: Token $TOKEN" '${target}'`]];
    case 'application':
      return [['token', tokenAt(tenantId)], bearer];
    case 'partner':
      return [['token', tokenAt('CUSTOMER_TENANT_ID')], bearer];
    case 'delegated':
      return [
        [
          'device',
          `curl '${origin}/${tenantId}/oauth2/v2.0/devicecode' -d client_id=APP_ID --data-urlencode 'scope=${resource}/.default offline_access'`,
        ],
        [
          'poll',
          `curl '${origin}/${tenantId}/oauth2/v2.0/token' -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d client_id=APP_ID -d device_code=DEVICE_CODE`,
        ],
        bearer,
      ];
  }
}
