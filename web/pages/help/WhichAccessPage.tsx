import { Button, Card, Field, makeStyles, Radio, RadioGroup, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { aboutQuery } from './about.ts';
import {
  type Access,
  type Answers,
  decide,
  keepAsked,
  type Question,
  questions,
  readAnswers,
  samplesFor,
} from './access-choice.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '16px', maxWidth: '760px', minWidth: 0 },
  card: { padding: '16px', maxWidth: '760px', boxSizing: 'border-box' },
});

const pages = {
  token: '/settings/security-extensions/api-tokens',
  application: '/applications',
  delegated: '/applications',
  partner: '/applications',
} as const satisfies Record<Access, string>;

/** A few questions that lead to one of the four ways in. The answers are in the address. */
export function WhichAccessPage() {
  const styles = useStyles();
  const t = useTexts('help');
  const common = useTexts('common');
  const navigate = useNavigate();
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const answers = readAnswers(search);
  const { asked, access } = decide(answers);
  const go = (next: Answers) => void navigate({ to: '.', search: keepAsked(next), replace: true } as never); // Only useSearch knows our searches.
  return (
    <Page title={common('nav.which-access')} lead={t('access.lead')}>
      <div className={styles.stack}>
        {asked.map((question) => (
          <Ask
            key={question}
            question={question}
            answers={answers}
            choose={(answer) => go(readAnswers({ ...answers, [question]: answer }))}
          />
        ))}
      </div>
      {access && <Result access={access} api={answers.api} />}
      {answers.data !== undefined && (
        <div>
          <Button onClick={() => go({})}>{t('access.again')}</Button>
        </div>
      )}
    </Page>
  );
}

interface AskProps {
  readonly question: Question;
  readonly answers: Answers;
  choose(answer: string): void;
}

function Ask({ question, answers, choose }: AskProps) {
  const t = useTexts('help');
  return (
    <Field label={t(`access.${question}.question`)}>
      <RadioGroup value={answers[question] ?? ''} onChange={(_event, { value }) => choose(value)}>
        {questions[question].map((answer) => (
          <Radio key={answer} value={answer} label={t(answerKey(question, answer))} />
        ))}
      </RadioGroup>
    </Field>
  );
}

/** The text of an answer: every question has texts for exactly its answers. */
function answerKey(question: Question, answer: string) {
  return `access.${question}.${answer}` as 'access.data.own'; // One of the keys of this shape.
}

function Result({ access, api }: { access: Access; api: Answers['api'] }) {
  const styles = useStyles();
  const t = useTexts('help');
  const common = useTexts('common');
  const about = useQuery(aboutQuery);
  const place = { origin: location.origin, tenantId: about.data?.tenant.id ?? 'TENANT_ID' };
  return (
    <Section title={t(`access.result.${access}.title`)}>
      <Card className={styles.card}>
        <Text>{t(`access.result.${access}.what`)}</Text>
        <Text>{t(`access.result.${access}.rights`)}</Text>
        <RouterLink to={pages[access]}>{t(`access.result.${access}.go`)}</RouterLink>
        {samplesFor(access, api, place).map(([step, command]) => (
          <CopyField
            key={step}
            label={t(`access.sample.${step}`)}
            value={command}
            copyText={common('action.copy')}
            copiedText={common('action.copied')}
          />
        ))}
        {access !== 'token' && <Text size={200}>{t('access.sample.replace')}</Text>}
      </Card>
    </Section>
  );
}
