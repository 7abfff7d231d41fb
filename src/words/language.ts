/** The languages of the message catalogues, as BCP 47 tags. */
export const languages = ['en', 'zh-CN'] as const;

export type Language = (typeof languages)[number];
