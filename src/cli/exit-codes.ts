// Every exit code of the `sallyport` command. Scripts may rely on them; a code is never given a second meaning.

export const exitCodes = {
  /** Done. */
  ok: 0,
  /** Not done, for a reason that none of the codes below names. */
  failed: 1,
  /** The command line or its input is wrong; nothing was sent, or the server refused it as malformed. */
  usage: 2,
  /** Nobody is signed in, the session has ended, or the sign-in failed. */
  notSignedIn: 3,
  /** Signed in, but not permitted. */
  refused: 4,
  /** The thing is not there, or the caller may not know that it is. */
  notFound: 5,
  /** It contradicts what is stored: a taken name, the last administrator. */
  conflict: 6,
  /** No answer from the server, or none that can be trusted. */
  unreachable: 7,
  /** Done in part: some records of an ingestion were not taken. */
  partly: 8,
  /** The audit log was altered, cut off or rolled back. */
  damaged: 9,
  /** Too many calls or failed sign-ins; the message says when to try again. */
  throttled: 10,
  /** Interrupted by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
