/** Cron expressions in words, by cronstrue: asked for when a page shows some. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cronInChinese } from './cron-chinese.ts';

type Words = (expression: string) => string | null;

const NONE: Words = () => null;

/** Gives null until it is loaded, and of what is no expression. */
export function useCronWords(): Words {
  const language = useTranslation('admin').i18n.language === 'zh' ? 'zh_CN' : 'en';
  const [words, setWords] = useState<Words>(() => NONE);
  useEffect(() => {
    let isOver = false;
    // Without it the expressions say the same.
    void load(language).then(
      (loaded) => isOver || setWords(() => loaded),
      () => {},
    );
    return () => {
      isOver = true;
    };
  }, [language]);
  return words;
}

async function load(locale: 'en' | 'zh_CN'): Promise<Words> {
  const { toString: describe } = await import('cronstrue');
  if (locale === 'zh_CN') await import('cronstrue/locales/zh_CN');
  return (expression) => {
    try {
      const text = describe(expression, { locale, use24HourTimeFormat: true });
      return locale === 'zh_CN' ? cronInChinese(text) : text;
    } catch {
      return null;
    }
  };
}
