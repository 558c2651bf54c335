// The language of the page: the browser's at first, then the person's choice.
import { recall, remember } from '../remembered';

export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

/** How each language names itself. */
export const languageNames: Record<Language, string> = { 'zh-CN': '中文', en: 'English' };

const first = recall('language', languages) ?? preferred(browserLanguages());
let current = $state<Language>(first);
apply(first);

export function language(): Language {
  return current;
}

export function chooseLanguage(language: Language): void {
  remember('language', language);
  useLanguage(language);
}

/** Shows the page in a language without remembering it as the person's choice. */
export function useLanguage(language: Language): void {
  current = language;
  apply(language);
}

/** True when this person has chosen a language on this device before. */
export function languageWasChosen(): boolean {
  return recall('language', languages) !== undefined;
}

/** The first of a browser's languages that we speak; English when we speak none of them. */
export function preferred(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

function browserLanguages(): readonly string[] {
  return typeof navigator === 'undefined' ? [] : navigator.languages;
}

function apply(language: Language): void {
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}
