import { useSearch } from '@tanstack/react-router';
import { type TextKey, useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';

/** What the server says when a sign-in with the organisation's provider did not work (docs/external-sign-in.md). */
const problems = [
  'external-unavailable',
  'external-state',
  'external-denied',
  'external-provider',
  'external-token',
  'external-claims',
  'external-not-allowed',
  'external-not-proven',
  'external-not-linked',
  'external-unknown',
  'external-disabled',
  'external-second-factor',
  'external-limit',
  'locked-out',
  'unexpected',
] as const;

/** Why the provider's sign-in led back here, in words, with what an administrator needs to find out more. */
export function ProviderProblem() {
  const t = useTexts('sign-in');
  const { problem, correlationId }: { problem?: unknown; correlationId?: unknown } = useSearch({ strict: false });
  if (problem === undefined) return null;
  const known = problems.find((each) => each === problem) ?? 'unexpected';
  const key: TextKey<'sign-in'> = `problems.${known}`;
  const reference = typeof correlationId === 'string' ? ` ${t('reference', { id: correlationId.slice(0, 100) })}` : '';
  return <Notice intent="warning" title={t('failed')} detail={t(key) + reference} />;
}
