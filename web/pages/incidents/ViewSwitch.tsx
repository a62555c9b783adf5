import { ToggleButton } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';

interface ViewSwitchProps {
  readonly view: 'graph' | 'list';
  onChange(view: 'graph' | 'list'): void;
}

/** As a drawing, or in words. */
export function ViewSwitch({ view, onChange }: ViewSwitchProps) {
  const t = useTexts('security');
  return (
    <>
      {(['graph', 'list'] as const).map((each) => (
        <ToggleButton key={each} size="small" checked={view === each} onClick={() => onChange(each)}>
          {t(`graph.${each}`)}
        </ToggleButton>
      ))}
    </>
  );
}
