// The cloud apps that the demo's people use, with what goes to and fro on a visit.

export interface WebApp {
  readonly hosts: readonly string[];
  /** Least and most of one visit, thousands of bytes. */
  readonly uploadedKilobytes: readonly [number, number];
  readonly downloadedKilobytes: readonly [number, number];
  /** The organisation does not want it and has it blocked, in the end. */
  readonly isUnwanted?: boolean;
}

function app(
  hosts: readonly string[],
  uploadedKilobytes: WebApp['uploadedKilobytes'],
  downloadedKilobytes: WebApp['downloadedKilobytes'],
  isUnwanted = false,
): WebApp {
  return { hosts, uploadedKilobytes, downloadedKilobytes, isUnwanted };
}

/** What somebody uploads who takes the customers' files along, in bytes: more than the demo's policy lets pass. */
export const manyBytes = 640_000_000;

export const guestPeople = 14;

/** The host of the app that only this organisation has. */
export function ownAppHost(slug: string): string {
  return `payroll.${slug}.example`;
}

/** Those that everybody works with. */
export function workApps(slug: string): readonly WebApp[] {
  return [
    app(['outlook.office365.com', 'outlook.office.com'], [5, 900], [20, 4000]),
    app(['outlook.office365.com'], [5, 300], [20, 2500]),
    app([`${slug}.sharepoint.com`], [10, 3000], [50, 9000]),
    app([`${slug}-my.sharepoint.com`], [10, 4000], [20, 6000]),
    app(['teams.microsoft.com'], [20, 2500], [50, 5000]),
    app(['login.microsoftonline.com'], [2, 20], [4, 60]),
    app([ownAppHost(slug)], [2, 60], [10, 400]),
  ];
}

/** Those that each person likes or not. */
export const webApps: readonly WebApp[] = [
  app(['github.com', 'api.github.com'], [5, 2500], [20, 9000]),
  app(['slack.com', 'files.slack.com'], [5, 700], [20, 2500]),
  app(['us02web.zoom.us'], [400, 9000], [900, 20_000]),
  app(['login.salesforce.com', 'na1.salesforce.com'], [5, 200], [20, 1200]),
  app(['www.dropbox.com', 'content.dropboxapi.com'], [50, 9000], [50, 9000]),
  app(['app.box.com', 'upload.box.com'], [30, 6000], [30, 6000]),
  app(['wetransfer.com'], [100, 9000], [10, 400]),
  app(['www.notion.so'], [5, 300], [20, 2000]),
  app(['trello.com'], [5, 120], [20, 900]),
  app(['app.asana.com'], [5, 120], [20, 900]),
  app(['www.figma.com'], [10, 900], [100, 6000]),
  app(['www.canva.com'], [10, 2000], [100, 6000]),
  app(['chatgpt.com'], [5, 400], [10, 600]),
  app(['claude.ai'], [5, 400], [10, 600]),
  app(['www.deepl.com', 'api.deepl.com'], [2, 80], [5, 90]),
  app(['www.linkedin.com'], [3, 60], [40, 3000]),
  app(['www.youtube.com'], [3, 60], [900, 25_000]),
  app(['web.whatsapp.com'], [3, 900], [10, 1200]),
  app(['drive.google.com', 'docs.google.com'], [10, 3000], [20, 3000]),
  app(['www.ilovepdf.com'], [200, 5000], [200, 5000]),
  app(['mega.nz'], [50, 7000], [50, 7000], true),
  app(['www.mediafire.com'], [5, 300], [50, 5000], true),
  app(['pastebin.com'], [1, 30], [2, 60]),
  app(['anydesk.com'], [10, 900], [10, 900]),
  app(['www.example.net'], [1, 20], [3, 200]),
];
