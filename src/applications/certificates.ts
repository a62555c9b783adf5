// Certificates by whose key an application proves itself (RFC 7523 section 2.2). Only the public half ever comes here.
import { createHash, X509Certificate } from 'node:crypto';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { parseText } from '../directory/naming.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import type { ApplicationRow } from './application.ts';
import { actorId, changeApplication, requireMayHandOver } from './application-rights.ts';
import { type CertificateView, toCertificateView } from './application-view.ts';
import { type ApplicationInput, recordApplicationAct, updateInside } from './registrations.ts';
import * as store from './store.ts';

export interface CertificateInput {
  /** PEM, or the base64 of the DER form, which is what key credentials of Graph carry. */
  readonly certificate: string;
  readonly description?: string;
}

const rsaBitsMin = 2048;
/** Verifying takes the longer the larger these are, and whoever has the certificate's app decides how often. */
const rsaBitsMax = 8192;
const rsaExponentMax = 2n ** 32n;
const textLengthMax = 16_384;
const descriptionMax = 120;

export interface ParsedCertificate {
  /** Base64 DER. */
  readonly der: string;
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly subject: string;
}

/** Reads an RSA certificate of at least 2048 bits (RS256 and PS256 are what clients sign with). Throws InvalidInput. */
export function parseCertificate(text: string): ParsedCertificate {
  const bad = (problem: string) => new InvalidInput('certificate', problem);
  if (text.includes('PRIVATE KEY')) {
    throw bad('This holds a private key, which must not leave your machine. Send the certificate alone.');
  }
  if (text.length > textLengthMax) throw bad(`A certificate has at most ${textLengthMax} characters.`);
  const certificate = readCertificate(text);
  if (!certificate) throw bad('This is no X.509 certificate in PEM, or base64 of its DER form.');
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType !== 'rsa') throw bad('The certificate must have an RSA key.');
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < rsaBitsMin) throw bad(`The RSA key has ${bits} bits; it needs ${rsaBitsMin} or more.`);
  if (bits > rsaBitsMax) throw bad(`The RSA key has ${bits} bits; at most ${rsaBitsMax} are taken.`);
  const exponent = publicKey.asymmetricKeyDetails?.publicExponent ?? 0n;
  // By the exponent 1, everybody signs.
  if (exponent < 3n || exponent > rsaExponentMax)
    throw bad('The RSA key has an unusual public exponent; 65537 is usual.');
  const startsAt = Date.parse(certificate.validFrom);
  const endsAt = Date.parse(certificate.validTo);
  if (!(startsAt < endsAt)) throw bad('The certificate says no period in which it is valid.');
  return {
    der: certificate.raw.toString('base64'),
    // RFC 7515 sections 4.1.7 and 4.1.8: digests of the DER form, as JWT headers carry them.
    thumbprintSha1: createHash('sha1').update(certificate.raw).digest('base64url'),
    thumbprintSha256: createHash('sha256').update(certificate.raw).digest('base64url'),
    startsAt,
    endsAt,
    subject: certificate.subject,
  };
}

function readCertificate(text: string): X509Certificate | undefined {
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(text)?.[0];
  const bare = text.replace(/\s/g, '');
  if (pem === undefined && !/^[A-Za-z0-9+/_-]+={0,2}$/.test(bare)) return undefined;
  try {
    const certificate = new X509Certificate(pem ?? Buffer.from(bare, 'base64'));
    // Reading the key fails for kinds that this Node does not know.
    return certificate.publicKey.type === 'public' ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Adds a certificate. For owners and Applications.manage. */
export async function addCertificate(ctx: Ctx, ref: string, input: CertificateInput): Promise<CertificateView> {
  const parsed = parseNew(ctx, input);
  return await changeApplication(ctx, ref, async (trx, application, caller) => {
    await requireMayHandOver(trx, caller, application);
    const others = await store.listCertificates(trx, application.tenantId, [application.id]);
    return await addInside(ctx, trx, application, others, parsed);
  });
}

interface NewCertificate {
  readonly parsed: ParsedCertificate;
  readonly description: string;
}

function parseNew(ctx: Ctx, input: CertificateInput): NewCertificate {
  const parsed = parseCertificate(input.certificate);
  if (parsed.endsAt <= ctx.clock()) throw new InvalidInput('certificate', 'The certificate has expired.');
  const name = input.description ?? (parsed.subject.split('\n')[0]?.slice(0, descriptionMax) || 'Certificate');
  return { parsed, description: parseText('description', name, descriptionMax) };
}

async function addInside(
  ctx: Ctx,
  trx: Trx,
  application: ApplicationRow,
  others: readonly store.CertificateRow[],
  { parsed, description }: NewCertificate,
): Promise<CertificateView> {
  if (others.some((each) => each.thumbprintSha256 === parsed.thumbprintSha256)) {
    throw new Conflict('certificate-exists', 'The application has this certificate already.');
  }
  if (others.length >= ctx.config.secretsPerApplicationMax) {
    throw tooMany(ctx, others.length + 1);
  }
  const { der, subject: _, ...rest } = parsed;
  const row: store.CertificateRow = {
    id: crypto.randomUUID(),
    tenantId: application.tenantId,
    applicationId: application.id,
    description,
    certificate: der,
    ...rest,
    createdAt: ctx.clock(),
    createdBy: actorId(ctx),
  };
  await store.insertCertificate(trx, application.tenantId, row);
  await recordApplicationAct(ctx, trx, 'application.add-certificate', application, {
    certificateId: row.id,
    description,
    thumbprintSha256: row.thumbprintSha256,
  });
  return toCertificateView(row);
}

/**
 * Changes what the input says of an application and makes these its certificates, all or nothing: those that are not named
 * by their id or brought again go. Throws NotFound for an id that is none of them.
 */
export async function updateWithCertificates(
  ctx: Ctx,
  ref: string,
  input: ApplicationInput,
  wanted: readonly (CertificateInput | { readonly id: string })[],
): Promise<void> {
  if (wanted.length > ctx.config.secretsPerApplicationMax) throw tooMany(ctx, wanted.length);
  const kept = wanted.flatMap((each) => ('id' in each ? [each.id] : []));
  const brought = wanted.flatMap((each) => ('id' in each ? [] : [parseNew(ctx, each)]));
  await changeApplication(ctx, ref, async (trx, application, caller) => {
    await updateInside(ctx, trx, application, input);
    const before = await store.listCertificates(trx, application.tenantId, [application.id]);
    if (kept.some((id) => !before.some((each) => each.id === id))) throw new NotFound('The certificate');
    const staying = before.filter(({ id, thumbprintSha256 }) => {
      return kept.includes(id) || brought.some(({ parsed }) => parsed.thumbprintSha256 === thumbprintSha256);
    });
    for (const each of before) if (!staying.includes(each)) await removeInside(ctx, trx, application, each.id);
    for (const each of brought) {
      const others = await store.listCertificates(trx, application.tenantId, [application.id]);
      if (others.some(({ thumbprintSha256 }) => thumbprintSha256 === each.parsed.thumbprintSha256)) continue;
      await requireMayHandOver(trx, caller, application);
      await addInside(ctx, trx, application, others, each);
    }
  });
}

function tooMany(ctx: Ctx, count: number): Conflict {
  return new Conflict(
    'too-many-certificates',
    `${count} certificates are more than the ${ctx.config.secretsPerApplicationMax} that secretsPerApplicationMax allows an application.`,
  );
}

/** Removes a certificate: assertions signed with it are refused from the next request on. */
export async function removeCertificate(ctx: Ctx, ref: string, certificateId: string): Promise<void> {
  await changeApplication(ctx, ref, async (trx, application) => {
    await removeInside(ctx, trx, application, certificateId.trim().toLowerCase());
  });
}

async function removeInside(ctx: Ctx, trx: Trx, application: ApplicationRow, id: string): Promise<void> {
  const removed = await store.deleteCertificate(trx, application.tenantId, application.id, id);
  if (!removed) throw new NotFound('The certificate');
  await recordApplicationAct(ctx, trx, 'application.remove-certificate', application, {
    certificateId: removed.id,
    thumbprintSha256: removed.thumbprintSha256,
  });
}
