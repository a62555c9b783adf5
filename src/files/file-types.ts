/** The wire's kinds of file (cloud-apps reference 2.7). */
export const fileTypes = ['OTHER', 'DOCUMENT', 'SPREADSHEET', 'PRESENTATION', 'TEXT', 'IMAGE', 'FOLDER'] as const;

export const folderType = 6;

const byExtension: ReadonlyMap<string, number> = new Map(
  (
    [
      [1, 'doc docx docm dot dotx dotm odt ott rtf pdf pages one epub wpd'],
      [2, 'xls xlsx xlsm xlsb xlt xltx xltm ods ots numbers csv tsv'],
      [3, 'ppt pptx pptm pot potx potm pps ppsx ppsm odp otp key'],
      [4, 'txt log md json xml yaml yml ini cfg conf html htm css js ts py java c h cpp cs sh ps1 sql'],
      [5, 'png jpg jpeg gif bmp tif tiff webp svg heic ico psd ai raw'],
    ] as const
  ).flatMap(([type, extensions]) => extensions.split(' ').map((each) => [each, type] as const)),
);

/** By the extension, in lower case, since the records tell nothing else. */
export function fileTypeOf(extension: string): number {
  return byExtension.get(extension) ?? 0;
}
