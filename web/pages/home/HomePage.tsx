import { useSession } from '../../api/session.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Page } from '../../ui/Page.tsx';
import { Checklist } from './Checklist.tsx';

/** What a person sees first: who and where one is, and what a new organisation begins with. */
export function HomePage() {
  const t = useTexts('common');
  const { user, tenant } = useSession();
  return (
    <Page title={tenant.displayName} lead={t('home.signedInAs', { name: user.displayName })}>
      <Checklist />
    </Page>
  );
}
