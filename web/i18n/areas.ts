// The areas of texts: one line each, so that every key has a type. English gives the keys.

import type activities from '../locales/en/portal-activities.json';
import type agents from '../locales/en/portal-agents.json';
import type apps from '../locales/en/portal-apps.json';
import type common from '../locales/en/portal-common.json';
import type discovery from '../locales/en/portal-discovery.json';
import type filters from '../locales/en/portal-filters.json';
import type help from '../locales/en/portal-help.json';
import type home from '../locales/en/portal-home.json';
import type hunting from '../locales/en/portal-hunting.json';
import type inventory from '../locales/en/portal-inventory.json';
import type people from '../locales/en/portal-people.json';
import type policies from '../locales/en/portal-policies.json';
import type security from '../locales/en/portal-security.json';
import type settings from '../locales/en/portal-settings.json';
import type signIn from '../locales/en/portal-sign-in.json';
import type tokens from '../locales/en/portal-tokens.json';

export interface Areas {
  readonly activities: typeof activities;
  readonly 'sign-in': typeof signIn;
  readonly apps: typeof apps;
  readonly agents: typeof agents;
  readonly discovery: typeof discovery;
  readonly filters: typeof filters;
  readonly people: typeof people;
  readonly common: typeof common;
  readonly hunting: typeof hunting;
  readonly inventory: typeof inventory;
  readonly policies: typeof policies;
  readonly security: typeof security;
  readonly help: typeof help;
  readonly home: typeof home;
  readonly settings: typeof settings;
  readonly tokens: typeof tokens;
}
