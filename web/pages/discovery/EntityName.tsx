import { Badge } from '@fluentui/react-components';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { isHidden } from './entity-calls.ts';
import type { EntityKind } from './entity-kinds.ts';

const shownDigits = 16;

/** Anonymous names are long and say nothing: their beginning tells them apart. */
export function shortName(name: string): string {
  return isHidden(name) ? `${name.slice(0, shownDigits)}…` : name;
}

interface EntityNameProps {
  readonly kind: EntityKind;
  readonly name: string;
  readonly report: string | undefined;
  readonly days: string | undefined;
}

/** A user, address or machine as a link to its page, in the same report and period. */
export function EntityName({ kind, name, report, days }: EntityNameProps) {
  const t = useTexts('discovery');
  const search = new URLSearchParams({
    name,
    ...(report === undefined ? {} : { report }),
    ...(days === undefined ? {} : { days }),
  });
  return (
    <>
      <RouterLink to={`/discovery/${kind}/one?${search}`}>{shortName(name)}</RouterLink>
      {isHidden(name) && (
        <>
          {' '}
          <Badge appearance="tint" color="informative">
            {t('hidden.badge')}
          </Badge>
        </>
      )}
    </>
  );
}
