// Signing in on another device (RFC 8628): the app shows a short code, the person types it into our page and approves,
// the app polls until then.
import { randomInt } from 'node:crypto';
import type { Services } from '../context.ts';
import { isUniqueViolation } from '../db/store.ts';
import { secondMs } from '../lib/clock.ts';
import { type AppId, newId, type TenantId, type TokenFamilyId, type UserId } from '../lib/ids.ts';
import { randomBase62, sha256Hex } from '../lib/secrets.ts';
import type { AskedFor, SignInProof } from './authorizations.ts';
import { startFamily } from './families.ts';
import * as store from './passing-store.ts';
import { addRefreshToken, type NewRefreshToken, refreshTokenEnd } from './refresh-tokens.ts';

/** What the page shows of the device that asks, and what is asked for. */
export interface DeviceBody extends AskedFor {
  /** Address and program of the device, for the person to compare. */
  readonly address: string;
  readonly userAgent: string;
  /** How the person who approved signed in; null until then. */
  readonly proof: SignInProof | null;
}

export interface DeviceRequest {
  readonly hash: string;
  readonly appId: AppId;
  /** Null until approved, where the app asked through `common` or `organizations`. */
  readonly tenantId: TenantId | null;
  readonly userId: UserId | null;
  readonly status: 'pending' | 'approved' | 'declined' | 'redeemed' | 'expired';
  readonly body: DeviceBody;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Without vowels and look-alikes (RFC 8628 section 6.1): 20 letters, 9 of them are 38 bits for at most 15 minutes. */
const userCodeLetters = 'BCDFGHJKLMNPQRSTVWXZ';
const userCodeLength = 9;
const codePrefix = 'slpdc';
const codeRandomLength = 48;
const attemptsMax = 5;
/** Seconds between two polls. */
export const pollIntervalSeconds = 5;

export interface NewDeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly expiresInSeconds: number;
}

export async function createDeviceCode(
  services: Pick<Services, 'store' | 'clock' | 'config'>,
  appId: AppId,
  tenantId: TenantId | null,
  body: Omit<DeviceBody, 'proof'>,
): Promise<NewDeviceCode> {
  const expiresInSeconds = services.config.deviceCodeSeconds;
  const now = services.clock();
  for (let attempt = 1; ; attempt++) {
    const deviceCode = codePrefix + randomBase62(codeRandomLength);
    const userCode = mintUserCode();
    try {
      await store.insertDeviceCode(services.store.db, {
        hash: sha256Hex(deviceCode),
        userCodeHash: sha256Hex(userCode),
        appId,
        tenantId,
        userId: null,
        status: 'pending',
        body: JSON.stringify({ ...body, proof: null }),
        createdAt: now,
        expiresAt: now + expiresInSeconds * secondMs,
      });
      return { deviceCode, userCode, expiresInSeconds };
    } catch (error) {
      // Another device may have got the same letters.
      if (!isUniqueViolation(error) || attempt === attemptsMax) throw error;
    }
  }
}

function mintUserCode(): string {
  return Array.from({ length: userCodeLength }, () => userCodeLetters[randomInt(userCodeLetters.length)]).join('');
}

/** What a person typed, as codes are kept: capital letters only. Undefined when it cannot be a code. */
export function normaliseUserCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, '');
  return code.length === userCodeLength && [...code].every((letter) => userCodeLetters.includes(letter))
    ? code
    : undefined;
}

/** The request behind a code that a person typed, pending or not; undefined when there is none. */
export async function findByUserCode(
  services: Pick<Services, 'store' | 'clock'>,
  typed: string,
): Promise<DeviceRequest | undefined> {
  const code = normaliseUserCode(typed);
  const row = code && (await store.findByUserCode(services.store.db, sha256Hex(code)));
  return row ? toRequest(row, services.clock()) : undefined;
}

/** The request behind the code that the app polls with. */
export async function findDeviceCode(
  services: Pick<Services, 'store' | 'clock'>,
  deviceCode: string,
): Promise<DeviceRequest | undefined> {
  if (!deviceCode.startsWith(codePrefix) || deviceCode.length !== codePrefix.length + codeRandomLength)
    return undefined;
  const row = await store.findDeviceCode(services.store.db, sha256Hex(deviceCode));
  return row && toRequest(row, services.clock());
}

function toRequest(row: store.DeviceCodeRow, now: number): DeviceRequest {
  const { hash, appId, tenantId, userId, createdAt, expiresAt } = row;
  const status = row.status !== 'redeemed' && row.expiresAt <= now ? 'expired' : row.status;
  // createDeviceCode and approveDevice wrote the body.
  return { hash, appId, tenantId, userId, status, body: JSON.parse(row.body) as DeviceBody, createdAt, expiresAt };
}

/** The person approves. False when the request is not pending any more, or asked for another tenant. */
export async function approveDevice(
  services: Pick<Services, 'store' | 'clock'>,
  request: DeviceRequest,
  approval: { readonly tenantId: TenantId; readonly userId: UserId; readonly proof: SignInProof },
): Promise<boolean> {
  const { tenantId, userId, proof } = approval;
  if (request.tenantId !== null && request.tenantId !== tenantId) return false;
  const body = JSON.stringify({ ...request.body, proof });
  const decision = { status: 'approved' as const, tenantId, userId, body };
  return await store.decideDeviceCode(services.store.db, request.hash, services.clock(), decision);
}

/** The person says no; the app hears it at its next poll. */
export async function declineDevice(
  services: Pick<Services, 'store' | 'clock'>,
  request: DeviceRequest,
): Promise<boolean> {
  const body = JSON.stringify(request.body);
  const decision = { status: 'declined' as const, tenantId: request.tenantId, userId: null, body };
  return await store.decideDeviceCode(services.store.db, request.hash, services.clock(), decision);
}

/**
 * Uses an approved request up: family and refresh token in one transaction, one winner. False when it was not approved
 * or somebody was first.
 */
export async function redeemDeviceCode(
  services: Pick<Services, 'store' | 'clock' | 'config'>,
  request: DeviceRequest & { readonly tenantId: TenantId; readonly userId: UserId },
  refresh: NewRefreshToken | null,
): Promise<{ readonly familyId: TokenFamilyId; readonly refreshToken: string | null } | false> {
  const familyId = newId<TokenFamilyId>();
  return await services.store.transaction(async (trx) => {
    if (!(await store.claimDeviceCode(trx, request.tenantId, request.hash))) return false;
    const end = refreshTokenEnd(services, false, services.clock());
    await startFamily(services, trx, request, end, familyId);
    if (!refresh) return { familyId, refreshToken: null };
    return { familyId, refreshToken: await addRefreshToken(services, trx, request, familyId, refresh, end) };
  });
}
