import { Field, Switch } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../../api/session.ts';
import { useTexts } from '../../i18n/texts.ts';
import { BoxGroup } from './BoxGroup.tsx';
import { tenantQuery } from './calls.ts';
import { type FieldsProps, TextField } from './ProviderFields.tsx';

/** Who may sign in through the provider, and what proves who they are. */
export function WhoFields({ draft, faultOf, change }: FieldsProps) {
  const t = useTexts('settings');
  return (
    <>
      <Field hint={t('provider.createsUsersHint')}>
        <Switch
          label={t('provider.createsUsers')}
          checked={draft.createsUsers}
          onChange={(_event, { checked }) => change({ createsUsers: checked })}
        />
      </Field>
      <Field hint={t('provider.linksUsersHint')}>
        <Switch
          label={t('provider.linksUsers')}
          checked={draft.linksUsers}
          onChange={(_event, { checked }) => change({ linksUsers: checked })}
        />
      </Field>
      <Domains
        label={t('provider.allowedDomains')}
        hint={t('provider.allowedDomainsHint')}
        fault={faultOf('allowedDomains')}
        chosen={draft.allowedDomains}
        change={(allowedDomains) => change({ allowedDomains })}
      />
      <Domains
        label={t('provider.trustedDomains')}
        hint={t('provider.trustedDomainsHint')}
        fault={faultOf('trustedDomains')}
        chosen={draft.trustedDomains}
        change={(trustedDomains) => change({ trustedDomains })}
      />
    </>
  );
}

interface DomainsProps {
  readonly label: string;
  readonly hint: string;
  readonly fault: string | undefined;
  readonly chosen: readonly string[];
  change(chosen: string[]): void;
}

/** Some of the organisation's own domains: no others can be named. */
function Domains(props: DomainsProps) {
  const { tenant } = useSession();
  const domains = useQuery(tenantQuery(tenant.slug)).data?.domains.map(({ name }) => name) ?? [];
  const shown = [...new Set([...domains, ...props.chosen])];
  return <BoxGroup {...props} options={shown.map((name) => [name, name])} />;
}

/** Where the provider's tokens say who somebody is. */
export function ClaimFields({ draft, faultOf, change }: FieldsProps) {
  const t = useTexts('settings');
  return (
    <>
      <TextField
        label={t('provider.userNameClaim')}
        hint={t('provider.userNameClaimHint')}
        fault={faultOf('claims')}
        value={draft.userNameClaim}
        maxLength={200}
        isRequired
        change={(userNameClaim) => change({ userNameClaim })}
      />
      <TextField
        label={t('provider.displayNameClaim')}
        value={draft.displayNameClaim}
        maxLength={200}
        isRequired
        change={(displayNameClaim) => change({ displayNameClaim })}
      />
      <TextField
        label={t('provider.groupsClaim')}
        hint={t('provider.groupsClaimHint')}
        value={draft.groupsClaim}
        maxLength={200}
        change={(groupsClaim) => change({ groupsClaim })}
      />
    </>
  );
}

/** Whether the provider's word for a second factor counts. */
export function SecondFactorFields({ draft, faultOf, change }: FieldsProps) {
  const t = useTexts('settings');
  return (
    <>
      <Field hint={t('provider.trustsSecondFactorHint')}>
        <Switch
          label={t('provider.trustsSecondFactor')}
          checked={draft.trustsSecondFactor}
          onChange={(_event, { checked }) => change({ trustsSecondFactor: checked })}
        />
      </Field>
      {draft.trustsSecondFactor && (
        <TextField
          label={t('provider.acrs')}
          hint={t('provider.acrsHint')}
          fault={faultOf('secondFactorAcrs')}
          value={draft.secondFactorAcrs}
          maxLength={2000}
          change={(secondFactorAcrs) => change({ secondFactorAcrs })}
        />
      )}
    </>
  );
}
