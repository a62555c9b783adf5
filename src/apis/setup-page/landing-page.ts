import { type Html, html } from '../pages/html.ts';
import type { Texts } from './texts.ts';

export interface Landing {
  /** Where clients reach this server; the tenant's own address on a tenant's host. */
  readonly url: string;
  readonly awaitsSetup: boolean;
  /** True when clients need the CA file of this server. */
  readonly hasOwnAuthority: boolean;
}

/** What runs here, and how to go on from here with the command line. */
export function landingPage(texts: Texts, { url, awaitsSetup, hasOwnAuthority }: Landing): Html {
  const { landing } = texts;
  return html`<article>
<h1>${landing.heading}</h1>
<p class="lead">${landing.about}</p>
${awaitsSetup ? awaiting(texts) : signingIn(texts, url, hasOwnAuthority)}
</article>`;
}

function awaiting({ landing }: Texts): Html {
  return html`<div class="note"><p>${landing.notSetUp}</p></div>
<p><a class="button" href="/setup">${landing.haveLink}</a></p>`;
}

function signingIn({ landing }: Texts, url: string, hasOwnAuthority: boolean): Html {
  return html`<section aria-labelledby="sign-in"><h2 id="sign-in">${landing.signInHeading}</h2>
<p>${landing.signIn}</p>
<pre><code>sallyport login ${url}</code></pre>
${hasOwnAuthority && html`<p class="hint">${landing.caFile}</p>`}</section>
<section aria-labelledby="api"><h2 id="api">${landing.apiHeading}</h2>
<p>${landing.api}</p>
<pre><code>sallyport token generate my-first-token
curl -H "Authorization: Token $TOKEN" ${url}/api/v1/activities/</code></pre></section>`;
}
