// Forcepoint Web Security Cloud and Websense Web Security, reports as CSV. The cloud's log export (Web Security Cloud SIEM guide, "Log
// format") writes the columns that were chosen, without their names; this is the order that it suggests.
import { reportParser, reportTitles } from './csv-report.ts';

export const forcepointCloud = reportParser({
  titles: reportTitles,
  order: 'day-first',
  columns: [
    'date',
    'time',
    'user',
    'workstation',
    'category',
    'action',
    'risk class',
    'policy name',
    'url',
    'connection ip',
    'destination ip',
    'source ip',
  ],
});

/**
 * Investigative reports of TRITON 7.5 and later, details exported as CSV, always with names of columns ("Columns for flexible detail
 * investigative reports"). Their domain is that of the directory, not of the site, and their bandwidth is in kilobytes.
 */
export const websenseReport = reportParser({
  titles: { ...reportTitles, host: ['url hostname', 'hostname'] },
  order: 'month-first',
  columns: null,
});
