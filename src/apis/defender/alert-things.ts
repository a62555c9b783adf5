// What an alert is about, each kind by itself: /api/alerts/{id}/machine, /user, /ips, /domains, /files (Defender reference
// 4.1). What our data does not say is null. The routes are in alert-routes.ts.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Alert, AlertEntity } from '../../alerts/alert.ts';
import { getAlertByAlertId } from '../../alerts/alerts.ts';
import type { Ctx } from '../../context.ts';
import { NotFound } from '../../lib/failures.ts';
import { getMachineOfAlert } from '../../machines/machines.ts';
import { shown } from '../odata/problem.ts';
import { entitiesOfType, relatedUser } from './alert-wire.ts';
import { contextOf, sendAll, sendOne } from './endpoint-lists.ts';

type OfOne = FastifyRequest<{ Params: { id: string } }>;

export async function machineOf(ctx: Ctx, request: OfOne, reply: FastifyReply): Promise<FastifyReply> {
  const body = await getMachineOfAlert(ctx, request.params.id);
  return sendOne(reply, contextOf(ctx, request, 'Machines/$entity'), body);
}

export async function userOf(ctx: Ctx, request: OfOne, reply: FastifyReply): Promise<FastifyReply> {
  const alert = await getAlertByAlertId(ctx, 'Alert.Read.All', request.params.id);
  return sendOne(reply, contextOf(ctx, request, 'Users/$entity'), JSON.stringify(wireUserOf(alert)));
}

/** By the last part of the path. */
export function thingsOf(name: keyof typeof lists) {
  const [set, valuesOf] = lists[name];
  return async (ctx: Ctx, request: OfOne, reply: FastifyReply): Promise<FastifyReply> => {
    const alert = await getAlertByAlertId(ctx, 'Alert.Read.All', request.params.id);
    return sendAll(reply, contextOf(ctx, request, set), valuesOf(alert));
  };
}

const lists = {
  ips: ['Ips', (alert) => distinct(textsOf(alert, 'ipAddress', 'ip')).map((id) => ({ id }))],
  domains: ['Domains', (alert) => distinct(textsOf(alert, 'url', 'url').flatMap(hostOf)).map((host) => ({ host }))],
  files: ['Files', filesOf],
} as const satisfies Record<string, readonly [set: string, valuesOf: (alert: Alert) => readonly unknown[]]>;

function textsOf(alert: Alert, member: string, ...types: readonly string[]): string[] {
  return entitiesOfType(alert, ...types).flatMap((entity) => {
    const text = entity[member];
    return typeof text === 'string' && text !== '' ? [text] : [];
  });
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** The host of a URL; a name alone is one. */
function hostOf(url: string): string[] {
  const parsed = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`);
  return parsed && parsed.hostname !== '' ? [parsed.hostname] : [];
}

function filesOf(alert: Alert): readonly unknown[] {
  const files = entitiesOfType(alert, 'file', 'process').filter(({ sha1, sha256 }) => sha1 || sha256);
  return [...new Map(files.map((file) => [JSON.stringify([file.sha1, file.sha256]), file])).values()].map(toFile);
}

function toFile({ sha1, sha256, md5, fileSize }: AlertEntity) {
  return {
    sha1: sha1 ?? null,
    sha256: sha256 ?? null,
    md5: md5 ?? null,
    globalPrevalence: null,
    globalFirstObserved: null,
    globalLastObserved: null,
    size: fileSize ?? null,
    fileType: null,
    isPeFile: null,
    filePublisher: null,
    fileProductName: null,
    signer: null,
    issuer: null,
    signerHash: null,
    isValidCertificate: null,
  };
}

function wireUserOf(alert: Alert) {
  const user = relatedUser(alert);
  if (!user) throw new NotFound(`User of the alert ${shown(alert.alertId)}`);
  const { userName, domainName } = user;
  const id = domainName === null ? userName : `${domainName}\\${userName}`;
  return {
    id,
    accountName: userName,
    accountDomain: domainName,
    firstSeen: null,
    lastSeen: null,
    mostPrevalentMachineId: null,
    leastPrevalentMachineId: null,
    logonTypes: null,
    logOnMachinesCount: null,
    isDomainAdmin: null,
    isOnlyNetworkUser: null,
  };
}
