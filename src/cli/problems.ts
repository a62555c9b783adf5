// What went wrong, as sentences and an exit code: every error of every command becomes words here and nowhere else.
import { ConfigProblem } from '../config.ts';
import { TransportFailure } from '../lib/transport.ts';
import { ApiProblem, type ProblemDetails, UnexpectedAnswer } from './client.ts';
import { CliProblem } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { Interrupted } from './terminal.ts';
import type { TextKey, Translate } from './text.ts';
import { durationText } from './times.ts';
import { printable } from './width.ts';

export interface Failure {
  readonly exitCode: ExitCode;
  /** What happened, then what to do, a sentence a line. */
  readonly lines: readonly string[];
  /** For --json. */
  readonly json: unknown;
}

/** Any error that a command may end with. */
export function describeFailure(error: unknown, t: Translate): Failure {
  if (error instanceof CliProblem) return failure(error.exitCode, error.code, [error.message, ...error.hints]);
  if (error instanceof ApiProblem) return describeApiProblem(error, t);
  if (error instanceof TransportFailure) return describeTransportFailure(error, t);
  if (error instanceof UnexpectedAnswer) {
    const lines = [
      t('problem.notSallyport', { url: error.origin, status: error.status }),
      t('problem.notSallyportHint'),
    ];
    return failure(exitCodes.unreachable, 'not-sallyport', lines);
  }
  if (error instanceof Interrupted) return failure(exitCodes.interrupted, 'interrupted', [t('problem.interrupted')]);
  if (error instanceof ConfigProblem) return failure(exitCodes.usage, 'config', [error.message]);
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException; // Any value may be thrown; both members are optional.
  if (code === 'ENOENT' && path)
    return failure(exitCodes.notFound, 'no-such-file', [t('problem.noFile', { file: path })]);
  if (typeof code === 'string' && path) {
    return failure(exitCodes.failed, 'file', [t('problem.file', { file: path, reason: code })]);
  }
  const message = error instanceof Error ? error.message : String(error);
  return failure(exitCodes.failed, 'unexpected', [t('problem.unexpected', { reason: message })]);
}

function failure(exitCode: ExitCode, code: string, lines: readonly string[]): Failure {
  const safe = lines.map(printable);
  return { exitCode, lines: safe, json: { code, detail: safe[0], hints: safe.slice(1), exitCode } };
}

const codesOfProblems: Readonly<Record<string, ExitCode>> = { 'wrong-host': exitCodes.unreachable };

function exitCodeOf({ status, code }: ProblemDetails): ExitCode {
  const byCode = codesOfProblems[code];
  if (byCode !== undefined) return byCode;
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return exitCodes.usage;
    case 401:
      return exitCodes.notSignedIn;
    case 403:
      return exitCodes.refused;
    case 404:
      return exitCodes.notFound;
    case 409:
    case 412:
      return exitCodes.conflict;
    case 421:
    case 502:
    case 503:
    case 504:
      return exitCodes.unreachable;
    case 429:
      return exitCodes.throttled;
    default:
      return exitCodes.failed;
  }
}

const hintsByCode: Readonly<Record<string, TextKey>> = {
  'not-authenticated': 'problem.signIn',
  'invalid-token': 'problem.signIn',
  'session-ended': 'problem.signIn',
  'sign-in-failed': 'problem.signInFailed',
  'second-factor-required': 'problem.secondFactor',
  'second-factor-not-enrolled': 'problem.secondFactorEnrol',
  'password-change-required': 'problem.passwordChange',
  'role-not-activated': 'problem.activate',
  'tenant-disabled': 'problem.tenantDisabled',
  'wrong-host': 'problem.wrongHost',
};

/** The server's own sentence, what to do, and the id under which the refusal is explained. */
function describeApiProblem({ problem, retryAfterSeconds }: ApiProblem, t: Translate): Failure {
  const lines = [problem.detail];
  for (const { field, problem: sentence } of problem.fields ?? []) {
    // A single wrong field is often the whole detail already.
    if (sentence !== problem.detail) lines.push(`  ${field}: ${sentence}`);
  }
  if (retryAfterSeconds !== null) lines.push(t('problem.retryAfter', { duration: durationText(retryAfterSeconds) }));
  const hint = hintsByCode[problem.code];
  if (hint) lines.push(t(hint));
  if (problem.correlationId) {
    const values = { id: problem.correlationId };
    lines.push(problem.explanation ? t('problem.explain', values) : t('problem.correlation', values));
  }
  return { exitCode: exitCodeOf(problem), lines: lines.map(printable), json: problem };
}

const hintsByReason: Readonly<Record<string, readonly [message: TextKey, hint: TextKey]>> = {
  ECONNREFUSED: ['problem.connectionRefused', 'problem.connectionRefusedHint'],
  ENOTFOUND: ['problem.nameUnknown', 'problem.nameUnknownHint'],
  EAI_AGAIN: ['problem.nameUnknown', 'problem.nameUnknownHint'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['problem.authorityUnknown', 'problem.authorityUnknownHint'],
  UNABLE_TO_GET_ISSUER_CERT: ['problem.authorityUnknown', 'problem.authorityUnknownHint'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['problem.authorityUnknown', 'problem.authorityUnknownHint'],
  SELF_SIGNED_CERT_IN_CHAIN: ['problem.authorityUnknown', 'problem.authorityUnknownHint'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['problem.authorityUnknown', 'problem.authorityUnknownHint'],
  CERT_SIGNATURE_FAILURE: ['problem.authorityUnknown', 'problem.authorityUnknownHint'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['problem.wrongName', 'problem.wrongNameHint'],
  CERT_HAS_EXPIRED: ['problem.certificateExpired', 'problem.certificateExpiredHint'],
  CERT_NOT_YET_VALID: ['problem.certificateExpired', 'problem.certificateExpiredHint'],
  EPROTO: ['problem.notTls', 'problem.notTlsHint'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['problem.notTls', 'problem.notTlsHint'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['problem.notTls', 'problem.notTlsHint'],
  idle: ['problem.idle', 'problem.idleHint'],
  'ca-file': ['problem.caFile', 'problem.caFileHint'],
};

function describeTransportFailure(error: TransportFailure, t: Translate): Failure {
  const [message, hint] = hintsByReason[error.reason] ?? (['problem.connection', 'problem.connectionHint'] as const);
  const lines = [t(message, { url: error.origin, reason: `${error.message} (${error.reason})` }), t(hint)];
  const exitCode = error.reason === 'ca-file' ? exitCodes.usage : exitCodes.unreachable;
  return failure(exitCode, error.reason === 'ca-file' ? 'ca-file' : 'server-unreachable', lines);
}
