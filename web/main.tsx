// The portal: a client of the same APIs that everyone calls, in the browser. This file starts it; app/ is the frame around
// the pages, api/ the calls, i18n/ the languages, ui/ parts that know nothing of Sallyport, components/ parts that do, and
// pages/ one folder an area. routes.tsx is the table of contents.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchPresence } from './api/presence.ts';
import { Portal } from './app/Portal.tsx';
import { readPreferences } from './app/preferences.ts';
import { openLanguages } from './i18n/languages.ts';
import { router } from './routes.tsx';

// After an update the files of the page that is open are gone: whoever asks for one of them gets the new page. Once only,
// so that a file which is missing for another reason does not load the page for ever.
const reloadedWithinMs = 10_000;
addEventListener('vite:preloadError', () => performance.now() > reloadedWithinMs && location.reload());

/** After this it says that it is loading. */
const patienceMs = 1000;

const place = document.getElementById('portal');
if (!place) throw new Error('The page has no place for the portal.');
watchPresence();
void show(place);

/** Not awaited by the file itself: the files of the page stand on this one and would wait for its end. */
async function show(place: HTMLElement): Promise<void> {
  const preferences = readPreferences();
  // Who is signed in, and the page, are asked for while the texts come, and the page is shown at once when it is there:
  // React would keep it back for a third of a second behind something that says "loading".
  const loading = router.load();
  const texts = await openLanguages(preferences.language);
  await Promise.race([loading, new Promise((done) => setTimeout(done, patienceMs))]);
  createRoot(place).render(
    <StrictMode>
      <Portal texts={texts} preferences={preferences} />
    </StrictMode>,
  );
}
