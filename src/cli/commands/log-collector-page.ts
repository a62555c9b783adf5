// The page of a log collector's status, for a browser on its own machine: the same as `log-collector status`, without scripts.
import { escapeHtml } from '../../lib/html.ts';
import type { CollectorStatus } from '../../log-collector/status.ts';
import type { Call } from '../command.ts';
import { relativeTime } from '../times.ts';

/** The whole document. It loads itself anew every ten seconds. */
export function statusHtml(call: Call, status: CollectorStatus): string {
  const { t, language } = call;
  const ago = (time: number | null) => (time === null ? '-' : relativeTime(time, Date.now(), language));
  const facts: readonly (readonly [string, string])[] = [
    [t('logCollector.serverAnswered'), `${status.server} ${ago(status.serverAnsweredAt)}`],
    [t('logCollector.waiting'), `${status.bytesWaiting} / ${status.bytesWaitingMax}`],
    [t('logCollector.problem'), status.problem ?? '-'],
  ];
  const headings = ['table.name', 'logCollector.receiver', 'logCollector.lines', 'logCollector.bytes'] as const;
  const more = [
    'logCollector.lastData',
    'logCollector.lastUpload',
    'logCollector.dropped',
    'logCollector.problem',
  ] as const;
  const head = [...headings, ...more].map((key) => `<th scope="col">${escapeHtml(t(key))}</th>`).join('');
  const rows = status.inputs.map((each) => {
    const cells = [
      ...[each.name, [each.receiverType, each.port].filter(Boolean).join(' ')],
      ...[String(each.linesReceived), String(each.bytesReceived), ago(each.lastReceivedAt), ago(each.lastUploadedAt)],
      ...[String(each.bytesDropped), each.problem ?? '-'],
    ];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  const title = escapeHtml(`${t('words.logCollector')} ${status.name ?? ''}`.trim());
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10"><title>${title}</title><style>${statusStyle}</style></head>
<body><main><h1>${title}</h1>
<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>
<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div></main></body>
</html>
`;
}

/** Everything that the page's style element holds. */
export const statusStyle =
  ':root{color-scheme:light dark;font-family:system-ui,sans-serif}main{max-width:80rem;margin:0 auto;padding:1rem}' +
  'dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dd{margin:0;overflow-wrap:anywhere}' +
  '.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:start;padding:.4rem .75rem;border-bottom:1px solid GrayText}';
