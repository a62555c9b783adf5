/** What came of one attempt to deliver. Reasons are sentences for administrators. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly status: number | null }
  /** The receiver wants nothing more, ever. */
  | { readonly kind: 'gone'; readonly reason: string; readonly status: number }
  /** This one will never be taken; others may. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly status: number }
  /** `askedMs`: how long the receiver asks to be left alone. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly status: number | null;
      readonly askedMs: number | null;
    };

/** True for codes of Node's and OpenSSL's errors about certificates and handshakes; EPROTO: the other end speaks no TLS. */
export function isTlsFailure(code: string): boolean {
  return code === 'EPROTO' || /CERT|SELF_SIGNED|TLS|SSL|ALTNAME|UNABLE_TO_/.test(code);
}
