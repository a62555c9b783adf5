// What belongs to an application: the permissions that it asks for, secrets, certificates, owners.
import { readFileSync, statSync } from 'node:fs';
import { confirm } from '../ask.ts';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { accessOf, permissionLines, permissionRows } from '../permission-names.ts';
import { doAndSay, showOnce, when } from '../show.ts';
import type { WireApplication, WireCertificate, WireMintedSecret } from '../wire.ts';
import { findApplication } from './app.ts';
import { momentOption } from './role.ts';

export async function addPermissions(call: Call): Promise<ExitCode> {
  return await changePermissions(call, 'POST');
}

export async function removePermissions(call: Call): Promise<ExitCode> {
  return await changePermissions(call, 'DELETE');
}

async function changePermissions(call: Call, method: 'POST' | 'DELETE'): Promise<ExitCode> {
  const access = await accessOf(call, call.repeated());
  let app = await findApplication(call);
  const path = at`/applications/${app.appId}/permissions`;
  for (const body of access) app = await call.api().call<WireApplication>(method, path, { body });
  if (call.isJson) {
    call.json(app);
    return exitCodes.ok;
  }
  const rows = permissionRows(app.requiredAccess);
  call.say(
    call.t(rows.length > 0 ? 'app.permission.asksNow' : 'app.permission.asksNothing', { name: app.displayName }),
  );
  if (rows.length > 0) for (const line of permissionLines(call, rows)) call.say(`  ${line}`);
  if (method === 'POST') call.note(call.t('app.noEffectYet', { command: `sallyport app consent ${app.appId}` }));
  else call.note(call.t('app.permission.stillGranted'));
  return exitCodes.ok;
}

export async function addSecret(call: Call): Promise<ExitCode> {
  const months = call.option('months');
  if (months !== undefined && !/^\d{1,4}$/.test(months)) {
    throw new CliProblem(exitCodes.usage, 'usage', call.t('app.secret.badMonths', { value: months }));
  }
  const body = {
    description: call.option('description'),
    months: months === undefined ? undefined : Number(months),
    expiresAt: momentOption(call, 'expires'),
  };
  const { appId, displayName } = await findApplication(call);
  const minted = await call.api().call<WireMintedSecret>('POST', at`/applications/${appId}/secrets`, { body });
  const values = { name: displayName, until: when(call, minted.secret.endsAt), id: minted.secret.id };
  const sentence = call.t('app.secret.add.done', values);
  showOnce(call, { json: minted, value: minted.value, sentence, once: call.t('app.secret.add.once') });
  return exitCodes.ok;
}

export async function removeSecret(call: Call): Promise<ExitCode> {
  const app = await findApplication(call);
  const secret = findPart(call, app.secrets, call.operand('SECRET'));
  const values = { name: app.displayName, secret: `${secret.description} (${secret.hint}…)` };
  await confirm(call, call.t('app.secret.remove.question', values));
  const request = { method: 'DELETE', path: at`/applications/${app.appId}/secrets/${secret.id}` };
  await doAndSay(call, request, call.t('app.secret.remove.done', values));
  return exitCodes.ok;
}

/** A secret or certificate of an application, by its id or its description. */
function findPart<Part extends { readonly id: string; readonly description: string }>(
  call: Call,
  parts: readonly Part[],
  text: string,
): Part {
  const found = parts.filter(({ id, description }) => id === text.toLowerCase() || description === text);
  const [first, second] = found;
  if (!first) throw new CliProblem(exitCodes.notFound, 'not-found', call.t('list.noneNamed', { name: text }));
  if (second) {
    const ids = found.map(({ id }) => `  ${id}`);
    throw new CliProblem(exitCodes.conflict, 'ambiguous', call.t('list.severalNamed', { name: text }), ids);
  }
  return first;
}

/** More than any certificate has. */
const certificateBytesMax = 65_536;

export async function addCertificate(call: Call): Promise<ExitCode> {
  const body = { certificate: readCertificate(call), description: call.option('description') };
  const { appId, displayName } = await findApplication(call);
  const path = at`/applications/${appId}/certificates`;
  const added = await call.api().call<WireCertificate>('POST', path, { body });
  if (call.isJson) call.json(added);
  else {
    const until = when(call, added.endsAt);
    call.say(call.t('app.certificate.add.done', { name: displayName, thumbprint: added.thumbprintSha256, until }));
  }
  return exitCodes.ok;
}

/** PEM as it is, DER as base64. A private key stays here: not even a refusal of the server should have seen it. */
function readCertificate(call: Call): string {
  const file = call.operand('FILE');
  const problem = (key: 'app.certificate.add.privateKey' | 'app.certificate.add.tooLong') =>
    new CliProblem(exitCodes.usage, 'certificate', call.t(key, { file }));
  if (statSync(file).size > certificateBytesMax) throw problem('app.certificate.add.tooLong');
  const bytes = readFileSync(file);
  const text = bytes.toString('latin1');
  if (text.includes('PRIVATE KEY')) throw problem('app.certificate.add.privateKey');
  const isDer = bytes[0] === 0x30 && bytes[1] === 0x82; // A SEQUENCE of more than 255 bytes (X.690 section 8.1.3).
  return isDer ? bytes.toString('base64') : text;
}

export async function removeCertificate(call: Call): Promise<ExitCode> {
  const app = await findApplication(call);
  const certificate = findPart(call, app.certificates, call.operand('CERTIFICATE'));
  const values = { name: app.displayName, certificate: certificate.description };
  await confirm(call, call.t('app.certificate.remove.question', values));
  const request = { method: 'DELETE', path: at`/applications/${app.appId}/certificates/${certificate.id}` };
  await doAndSay(call, request, call.t('app.certificate.remove.done', values));
  return exitCodes.ok;
}

export async function addOwner(call: Call): Promise<ExitCode> {
  return await changeOwner(call, 'PUT', 'app.owner.add.done');
}

export async function removeOwner(call: Call): Promise<ExitCode> {
  return await changeOwner(call, 'DELETE', 'app.owner.remove.done');
}

async function changeOwner(
  call: Call,
  method: 'PUT' | 'DELETE',
  done: 'app.owner.add.done' | 'app.owner.remove.done',
): Promise<ExitCode> {
  const { appId, displayName } = await findApplication(call);
  const user = call.operand('USER');
  const request = { method, path: at`/applications/${appId}/owners/${user}` };
  await doAndSay(call, request, call.t(done, { name: displayName, user }));
  return exitCodes.ok;
}
