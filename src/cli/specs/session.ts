// Signing in and out, profiles, and what a person keeps secret: password and second factor.
import type { Command } from '../command.ts';
import { code, passwordStdin, yes } from './shared.ts';

export const sessionCommands: readonly Command[] = [
  {
    words: ['login'],
    summary: 'login.summary',
    operands: [{ name: 'URL', about: 'login.url', optional: true }],
    options: [
      { name: 'tenant', value: 'TENANT', about: 'login.tenant' },
      { name: 'user', value: 'USER', about: 'login.user' },
      { name: 'ca-file', value: 'FILE', about: 'login.caFile' },
      passwordStdin,
      code,
      { name: 'demo', about: 'login.demo' },
    ],
    examples: [
      'sallyport login https://sallyport.example --user ana@contoso.example',
      'sallyport login --demo contoso/security-reader',
    ],
    load: async () => (await import('../commands/login.ts')).login,
  },
  {
    words: ['logout'],
    summary: 'logout.summary',
    load: async () => (await import('../commands/session.ts')).logout,
  },
  {
    words: ['whoami'],
    summary: 'whoami.summary',
    load: async () => (await import('../commands/session.ts')).whoami,
  },
  {
    words: ['about'],
    summary: 'about.summary',
    load: async () => (await import('../commands/session.ts')).about,
  },
  {
    words: ['openapi'],
    summary: 'openApi.summary',
    operands: [{ name: 'SURFACE', about: 'openApi.surface', optional: true }],
    examples: ['sallyport openapi', 'sallyport openapi graph > graph.json'],
    load: async () => (await import('../commands/openapi.ts')).openApi,
  },
  {
    words: ['profile', 'list'],
    summary: 'profile.list.summary',
    load: async () => (await import('../commands/profile.ts')).list,
  },
  {
    words: ['profile', 'use'],
    summary: 'profile.use.summary',
    operands: [{ name: 'NAME', about: 'operands.profile' }],
    load: async () => (await import('../commands/profile.ts')).use,
  },
  {
    words: ['profile', 'remove'],
    summary: 'profile.remove.summary',
    operands: [{ name: 'NAME', about: 'operands.profile' }],
    load: async () => (await import('../commands/profile.ts')).remove,
  },
  {
    words: ['password'],
    summary: 'password.summary',
    options: [{ ...passwordStdin, about: 'password.stdin' }],
    load: async () => (await import('../commands/credentials.ts')).changePassword,
  },
  {
    words: ['second-factor', 'enrol'],
    summary: 'secondFactor.enrol.summary',
    options: [{ ...passwordStdin, about: 'secondFactor.enrol.passwordStdin' }],
    load: async () => (await import('../commands/credentials.ts')).enrol,
  },
  {
    words: ['second-factor', 'confirm'],
    summary: 'secondFactor.confirm.summary',
    operands: [{ name: 'CODE', about: 'options.code', optional: true }],
    load: async () => (await import('../commands/credentials.ts')).confirm,
  },
  {
    words: ['second-factor', 'remove'],
    summary: 'secondFactor.remove.summary',
    operands: [{ name: 'CODE', about: 'options.code', optional: true }],
    options: [yes],
    load: async () => (await import('../commands/credentials.ts')).remove,
  },
  {
    words: ['second-factor', 'codes'],
    summary: 'secondFactor.codes.summary',
    operands: [{ name: 'CODE', about: 'options.code', optional: true }],
    load: async () => (await import('../commands/credentials.ts')).renewCodes,
  },
];
