// Certificates of an application: the whole collection by PATCH, or one by addKey and removeKey with a proof that the
// caller holds the private key of one that is there (Entra reference 4.4).
import type { ApplicationView } from '../../applications/application-view.ts';
import {
  addCertificate,
  type CertificateInput,
  removeCertificate,
  updateWithCertificates,
} from '../../applications/certificates.ts';
import type { ApplicationInput } from '../../applications/registrations.ts';
import type { Ctx } from '../../context.ts';
import { minuteMs, secondMs } from '../../lib/clock.ts';
import { decodeToken } from '../../signing/decode.ts';
import { findCertificate, isSignedBy } from '../entra/token/client-assertion.ts';
import { type KeyBody, keyReaders } from './application-body.ts';
import { keyWire } from './application-wire.ts';
import { empty, guid, needed, object, readBody, text } from './bodies.ts';
import { GraphProblem } from './errors.ts';
import { keyPaths } from './keys.ts';
import { refuseOptions } from './lists.ts';
import { getNamed } from './named-application.ts';
import { contextOf, type GraphApp, graphCtx, sendJson } from './surface.ts';

export function keyCredentialRoutes(app: GraphApp): void {
  for (const path of keyPaths('applications', '/addKey')) {
    app.post(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const view = await getNamed(ctx, request);
      const readers = { keyCredential: object(keyReaders), passwordCredential: empty, proof: text };
      const { keyCredential, proof } = readBody(request.body, readers);
      const input = toInput(needed(keyCredential, 'keyCredential'));
      requireProof(ctx, view, needed(proof, 'proof'));
      const added = await addCertificate(ctx, view.id, input);
      const of = contextOf(ctx, request, 'microsoft.graph.keyCredential');
      return sendJson(reply, { '@odata.context': of, ...keyWire(added, false) });
    });
  }

  for (const path of keyPaths('applications', '/removeKey')) {
    app.post(path, async (request, reply) => {
      const ctx = await graphCtx(request);
      refuseOptions(request);
      const view = await getNamed(ctx, request);
      const { keyId, proof } = readBody(request.body, { keyId: guid, proof: text });
      const id = needed(keyId, 'keyId');
      requireProof(ctx, view, needed(proof, 'proof'));
      await removeCertificate(ctx, view.id, id);
      return reply.code(204).send();
    });
  }
}

function toInput({ key, displayName }: KeyBody): CertificateInput {
  return { certificate: needed(key, 'key'), ...(displayName ? { description: displayName } : {}) };
}

/** Each entry names a certificate that is there, or brings one. */
export function requireKnownKeys(keys: readonly KeyBody[]): void {
  if (keys.every(({ keyId, key }) => keyId || key)) return;
  throw new GraphProblem("Each of keyCredentials needs its 'keyId', or a 'key' that is new.");
}

/** Changes the application and makes these its certificates: those that are not named go, those with a key that is new come. */
export async function updateWithKeys(
  ctx: Ctx,
  id: string,
  input: ApplicationInput,
  keys: readonly KeyBody[],
): Promise<void> {
  await updateWithCertificates(
    ctx,
    id,
    input,
    keys.map((each) => (each.key ? toInput(each) : { id: needed(each.keyId, 'keyId') })),
  );
}

/** Reference 4.4: for whom proofs are, and how long one may live. */
const proofAudience = '00000002-0000-0000-c000-000000000000';
const proofMsMax = 10 * minuteMs;

/**
 * A JWT that a private key of one of the application's own certificates signed, for this purpose, not older than ten
 * minutes. Whoever stole an access token has no such key, and so cannot give the application one.
 */
function requireProof(ctx: Ctx, view: ApplicationView, proof: string): void {
  const decoded = decodeToken(proof, ctx.config.jwtBytesMax);
  if ('problem' in decoded) throw badProof(`it cannot be read: ${decoded.problem}`);
  const now = ctx.clock();
  const inTime = view.certificates.filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt);
  const { x5t, kid } = decoded.header;
  const isNamed = decoded.header['x5t#S256'] !== undefined || x5t !== undefined || kid !== undefined;
  const named = isNamed ? [findCertificate(inTime, decoded.header)].filter((each) => each !== undefined) : inTime;
  if (!named.some((each) => isSignedBy(decoded, each))) {
    throw badProof('no certificate of the application that is within its time has signed it');
  }
  const { aud, iss, exp, nbf } = decoded.claims;
  if (aud !== proofAudience) throw badProof(`its audience is not ${proofAudience}`);
  if (iss !== view.id) throw badProof("its issuer is not the application's object id");
  if (typeof exp !== 'number' || typeof nbf !== 'number') throw badProof('it needs both nbf and exp');
  if (exp * secondMs <= now || nbf * secondMs > now + minuteMs || (exp - nbf) * secondMs > proofMsMax) {
    throw badProof('it has ended, has not begun, or is valid for more than 10 minutes');
  }
}

function badProof(why: string): GraphProblem {
  return new GraphProblem(`The proof of possession is not valid: ${why}.`);
}
