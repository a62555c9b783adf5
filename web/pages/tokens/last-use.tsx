import { type Format, useFormat } from '../../i18n/format.ts';
import { type Translate, useTexts } from '../../i18n/texts.ts';
import type { Token } from './calls.ts';

/** One line about a token that is to stop: whose it is, and what it was last used for. */
export function lastUseLine(t: Translate<'tokens'>, { dateTime }: Format, token: Token): string {
  const named = { name: token.name, owner: token.owner.userName };
  if (token.lastUsedAt === null) return t('used.never', named);
  return t('used.line', {
    ...named,
    at: dateTime(token.lastUsedAt),
    address: token.lastUsedAddress ?? '–',
    what: token.lastUsedFor ?? '–',
  });
}

export function LastUse({ token }: { token: Token }) {
  const t = useTexts('tokens');
  const { dateTime } = useFormat();
  if (token.lastUsedAt === null) return t('list.never');
  return (
    <>
      {dateTime(token.lastUsedAt)}
      {token.lastUsedAddress !== null && (
        <>
          <br />
          {t('list.from', { address: token.lastUsedAddress })}
        </>
      )}
    </>
  );
}
