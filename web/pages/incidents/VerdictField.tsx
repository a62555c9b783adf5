import { Field, Select } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';
import { isOffered, noVerdict, type Verdict, verdictClassifications, verdicts, verdictText } from './verdicts.ts';
import { useWords } from './words.ts';

interface VerdictFieldProps {
  /** What stands now. */
  readonly verdict?: Verdict;
  readonly required?: boolean;
}

/** Classification and determination as one choice named `verdict`, so that only pairs that go together can be sent. */
export function VerdictField({ verdict, required = false }: VerdictFieldProps) {
  const t = useTexts('security');
  const words = useWords();
  const standing = verdict && !isOffered(verdict) ? verdict : undefined;
  return (
    <Field label={t('incident.classification')} required={required} hint={t('verdict.hint')}>
      <Select name="verdict" defaultValue={verdict ? verdictText(verdict) : noVerdict}>
        <option value={noVerdict}>{t('classification.unknown')}</option>
        {standing && (
          <option value={verdictText(standing)}>
            {`${words.classification(standing.classification)} – ${words.determination(standing.determination)}`}
          </option>
        )}
        {verdictClassifications.map((classification) => (
          <optgroup key={classification} label={words.classification(classification)}>
            {verdicts[classification].map((determination) => (
              <option key={determination} value={verdictText({ classification, determination })}>
                {words.determination(determination)}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
    </Field>
  );
}
