import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Checkbox,
  Field,
  Input,
  makeStyles,
  Radio,
  RadioGroup,
  Select,
  Text,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { choicesQuery } from './calls.ts';
import { type Draft, expiryDays, type Faults } from './draft.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '16px' },
  boxes: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(200px, 1fr))',
    overflowWrap: 'anywhere',
    margin: 0,
    padding: 0,
    border: 0,
  },
  fault: { color: tokens.colorPaletteRedForeground1 },
});

interface LimitFieldsProps {
  readonly draft: Draft;
  readonly faults: Faults;
  change(part: Partial<Draft>): void;
}

/** What a token may be limited to: an end, fewer permissions than its owner has, addresses. */
export function LimitFields(props: LimitFieldsProps) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const [isOpen, setOpen] = useState(false);
  const mustBeSeen = props.faults.day !== undefined || props.faults.permissions !== undefined;
  return (
    <Accordion
      collapsible
      openItems={isOpen || mustBeSeen ? ['limits'] : []}
      onToggle={(_event, { openItems }) => setOpen(openItems.length > 0)}
    >
      <AccordionItem value="limits">
        <AccordionHeader>{t('generate.limits')}</AccordionHeader>
        <AccordionPanel className={styles.stack}>
          <Text>{t('generate.limitsLead')}</Text>
          <Expiry {...props} />
          <Permissions {...props} />
          <Field label={t('generate.addresses')} hint={t('generate.addressesHint')}>
            <Textarea
              value={props.draft.addresses}
              rows={3}
              maxLength={5000}
              onChange={(_event, { value }) => props.change({ addresses: value })}
            />
          </Field>
        </AccordionPanel>
      </AccordionItem>
    </Accordion>
  );
}

function Expiry({ draft, faults, change }: LimitFieldsProps) {
  const t = useTexts('tokens');
  const { number } = useFormat();
  return (
    <>
      <Field label={t('generate.expires')}>
        <Select value={draft.expiry} onChange={(_event, { value }) => change({ expiry: value })}>
          <option value="never">{t('generate.expiresNever')}</option>
          {expiryDays.map((days) => (
            <option key={days} value={days}>
              {t('generate.expiresDays', { days: number(days) })}
            </option>
          ))}
          <option value="day">{t('generate.expiresOn')}</option>
        </Select>
      </Field>
      {draft.expiry === 'day' && (
        <Field
          label={t('generate.expiryDay')}
          hint={t('generate.expiryDayHint')}
          {...(faults.day ? { validationMessage: t(faults.day) } : {})}
        >
          <Input type="date" value={draft.day} onChange={(_event, { value }) => change({ day: value })} />
        </Field>
      )}
    </>
  );
}

function Permissions({ draft, faults, change }: LimitFieldsProps) {
  const styles = useStyles();
  const t = useTexts('tokens');
  const choices = useQuery(choicesQuery);
  const toggle = (name: string) => {
    const permissions = new Set(draft.permissions);
    if (!permissions.delete(name)) permissions.add(name);
    change({ permissions });
  };
  return (
    <>
      <Field label={t('generate.permissions')}>
        <RadioGroup
          value={draft.isNarrowed ? 'some' : 'all'}
          onChange={(_event, { value }) => change({ isNarrowed: value === 'some' })}
        >
          <Radio value="all" label={t('generate.permissionsAll')} />
          <Radio value="some" label={t('generate.permissionsSome')} />
        </RadioGroup>
      </Field>
      {draft.isNarrowed && choices.error && (
        <ProblemNotice error={choices.error} retry={() => void choices.refetch()} />
      )}
      {draft.isNarrowed && (
        <fieldset className={styles.boxes} aria-label={t('generate.permissions')}>
          {choices.data?.permissions.map((name) => (
            <Checkbox key={name} label={name} checked={draft.permissions.has(name)} onChange={() => toggle(name)} />
          ))}
        </fieldset>
      )}
      {faults.permissions && (
        <Text role="alert" className={styles.fault}>
          {t(faults.permissions)}
        </Text>
      )}
    </>
  );
}
