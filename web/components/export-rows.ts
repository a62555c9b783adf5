// Takes a list for an export, page by page.

const pageRows = 100;
/** More than a spreadsheet is read with; who needs all takes it from the API. */
export const exportRowsMax = 20_000;

interface Part<Row> {
  readonly items: readonly Row[];
  readonly total: number;
  readonly moreThanTotal?: boolean;
}

/** What there is besides what was taken. */
export interface ExportCut {
  readonly rows: number;
  readonly total: number;
  readonly moreThanTotal: boolean;
}

/**
 * All rows of a list, or its first `exportRowsMax`: then `cut` says so. A page may be shorter than asked for although others
 * follow, because the server bounds its answers in its own ways. `progress` gets numbers up to 1.
 */
export async function takeRows<Row>(
  load: (span: { readonly limit: number; readonly skip: number }) => Promise<Part<Row>>,
  progress: (share: number) => void,
): Promise<{ readonly rows: readonly Row[]; readonly cut?: ExportCut }> {
  const rows: Row[] = [];
  for (;;) {
    const { items, total, moreThanTotal = false } = await load({ limit: pageRows, skip: rows.length });
    rows.push(...items);
    progress(Math.min(1, rows.length / Math.max(1, Math.min(total, exportRowsMax))));
    if (rows.length > exportRowsMax) {
      const cut = { rows: exportRowsMax, total: Math.max(total, rows.length), moreThanTotal };
      return { rows: rows.slice(0, exportRowsMax), cut };
    }
    const isShort = items.length < pageRows;
    if (items.length === 0 || (isShort && rows.length >= total && !moreThanTotal)) return { rows };
  }
}
