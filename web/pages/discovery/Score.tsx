import { Badge, makeStyles, Text } from '@fluentui/react-components';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { builtInTags } from './app-calls.ts';

const useStyles = makeStyles({
  tags: { display: 'flex', flexWrap: 'wrap', gap: '4px' },
  score: { display: 'inline-flex', flexWrap: 'wrap', alignItems: 'center', gap: '0 6px' },
  // Names of tags may be long: the badge grows with them, and breaks a word where even a line of its own is too short.
  tag: { height: 'auto', minHeight: '20px', maxWidth: '100%', boxSizing: 'border-box', overflowWrap: 'break-word' },
});

const colors = { high: 'danger', medium: 'warning', low: 'success', unknown: 'subtle' } as const;

/** As the API counts: below 4 is high risk, from 8 on low. */
function riskOf(score: number | null): keyof typeof colors {
  if (score === null) return 'unknown';
  if (score < 4) return 'high';
  return score < 8 ? 'medium' : 'low';
}

/** A score from 0 (risky) to 10, and the risk that it stands for in words. */
export function Score({ score }: { score: number | null }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const { number } = useFormat();
  const risk = riskOf(score);
  return (
    <span className={styles.score}>
      {score !== null && (
        <Badge appearance="tint" color={colors[risk]}>
          {number(score)}
        </Badge>
      )}
      <Text size={200}>{t(`risk.${risk}`)}</Text>
    </span>
  );
}

const tagColors = { Sanctioned: 'success', Unsanctioned: 'danger', Monitored: 'warning', None: 'subtle' } as const;

/** Built-in tags in words, and the organisation's own as they are called. */
export function Tags({ tags }: { tags: readonly string[] }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  if (tags.length === 0) return '–';
  return (
    <span className={styles.tags}>
      {tags.map((tag) => {
        const builtIn = builtInTags.find((each) => each === tag);
        return (
          <Badge
            key={tag}
            className={styles.tag}
            appearance="tint"
            color={builtIn ? tagColors[builtIn] : 'informative'}
          >
            {builtIn ? t(`tag.${builtIn}`) : tag}
          </Badge>
        );
      })}
    </span>
  );
}
