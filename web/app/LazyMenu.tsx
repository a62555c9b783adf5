import { Button } from '@fluentui/react-components';
import { type ComponentType, type KeyboardEvent, type ReactElement, Suspense, useState } from 'react';

/** What a menu shows of itself while it is closed. */
export interface ClosedMenu {
  /** Read out in the place of the icon. */
  readonly label: string;
  readonly icon: ReactElement;
}

interface LazyMenuProps extends ClosedMenu {
  /** Open from the start, with a button that looks the same. */
  readonly menu: ComponentType<ClosedMenu>;
}

/** The button of a menu of the frame. The menu is loaded when it is first opened: what menus stand on delays the first page. */
export function LazyMenu({ label, icon, menu: Menu }: LazyMenuProps) {
  const [isAsked, setAsked] = useState(false);
  const ask = () => setAsked(true);
  const button = (
    <Button
      appearance="subtle"
      aria-label={label}
      icon={icon}
      aria-haspopup="menu"
      aria-expanded={isAsked ? true : undefined}
      onClick={ask}
      onKeyDown={(event: KeyboardEvent) => event.key === 'ArrowDown' && ask()}
    />
  );
  return isAsked ? (
    <Suspense fallback={button}>
      <Menu label={label} icon={icon} />
    </Suspense>
  ) : (
    button
  );
}
