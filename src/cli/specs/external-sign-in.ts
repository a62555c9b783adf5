// Sign-in through the organisation's own OpenID Connect provider.
import type { Command } from '../command.ts';
import { all, limit, yes } from './shared.ts';

const yesOrNo = ['yes', 'no'];

export const externalSignInCommands: readonly Command[] = [
  {
    words: ['external-sign-in', 'show'],
    summary: 'externalSignIn.show.summary',
    load: async () => (await commands()).show,
  },
  {
    words: ['external-sign-in', 'set'],
    summary: 'externalSignIn.set.summary',
    options: [
      { name: 'issuer', value: 'URL', about: 'externalSignIn.issuer' },
      { name: 'client-id', value: 'ID', about: 'externalSignIn.clientId' },
      { name: 'secret-stdin', about: 'externalSignIn.set.secretStdin' },
      { name: 'name', value: 'TEXT', about: 'externalSignIn.set.name' },
      { name: 'enabled', value: 'yes|no', oneOf: yesOrNo, about: 'externalSignIn.enabled' },
      { name: 'group-role', value: 'GROUP=ROLE', repeated: true, about: 'externalSignIn.set.groupRole' },
      { name: 'role-days', value: 'DAYS', about: 'externalSignIn.roleDays' },
      { name: 'create-users', value: 'yes|no', oneOf: yesOrNo, about: 'externalSignIn.createsUsers' },
      { name: 'link-users', value: 'yes|no', oneOf: yesOrNo, about: 'externalSignIn.linksUsers' },
      { name: 'allowed-domain', value: 'DOMAIN', repeated: true, about: 'externalSignIn.set.allowedDomain' },
      { name: 'trusted-domain', value: 'DOMAIN', repeated: true, about: 'externalSignIn.set.trustedDomain' },
      { name: 'trust-second-factor', value: 'yes|no', oneOf: yesOrNo, about: 'externalSignIn.trustsSecondFactor' },
      { name: 'second-factor-acr', value: 'ACR', repeated: true, about: 'externalSignIn.set.secondFactorAcr' },
      { name: 'scope', value: 'SCOPE', repeated: true, about: 'externalSignIn.scopes' },
      { name: 'user-name-claim', value: 'CLAIM', about: 'externalSignIn.userNameClaim' },
      { name: 'display-name-claim', value: 'CLAIM', about: 'externalSignIn.displayNameClaim' },
      { name: 'groups-claim', value: 'CLAIM|none', about: 'externalSignIn.groupsClaim' },
      {
        name: 'client-authentication',
        value: 'METHOD',
        oneOf: ['client_secret_basic', 'client_secret_post'],
        about: 'externalSignIn.clientAuthentication',
      },
    ],
    examples: [
      'sallyport external-sign-in set --issuer https://login.contoso.example --client-id sallyport --name "Contoso account" --secret-stdin < secret.txt',
      'sallyport external-sign-in set --create-users yes --group-role soc=security-operator --group-role leads=security-administrator:eligible',
    ],
    load: async () => (await commands()).set,
  },
  {
    words: ['external-sign-in', 'check'],
    summary: 'externalSignIn.check.summary',
    operands: [{ name: 'ISSUER', about: 'externalSignIn.check.issuer', optional: true }],
    examples: ['sallyport external-sign-in check', 'sallyport external-sign-in check https://login.contoso.example'],
    load: async () => (await commands()).check,
  },
  {
    words: ['external-sign-in', 'links'],
    summary: 'externalSignIn.links.summary',
    options: [limit, all],
    load: async () => (await commands()).links,
  },
  {
    words: ['external-sign-in', 'unlink'],
    summary: 'externalSignIn.unlink.summary',
    operands: [{ name: 'USER', about: 'operands.user' }],
    options: [yes],
    load: async () => (await commands()).unlink,
  },
  {
    words: ['external-sign-in', 'remove'],
    summary: 'externalSignIn.remove.summary',
    options: [yes],
    load: async () => (await commands()).remove,
  },
];

const commands = () => import('../commands/external-sign-in.ts');
