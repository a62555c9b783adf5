/** Languages that mails are written in; web/locales has their texts. */
export const mailLanguages = ['en', 'ja', 'zh-Hant', 'fr', 'ko'] as const;
export type MailLanguage = (typeof mailLanguages)[number];
