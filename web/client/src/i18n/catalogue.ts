// Typed message catalogues. English gives the shape, Chinese must fill all of
// it. A message is a string, or a function where it has a gap or a plural:
//
//     export const t = catalogue({ en: { hello: (name: string) => `Hello ${name}` }, zh: {…} });
//     t.hello('Lin')
//
// Reading `t.key` in a component follows the language switch by itself.
import { language } from './language.svelte';

type Message = string | ((...args: never[]) => string);
type Messages = { [key: string]: Message | Messages };
/** The same keys and arguments, any text. */
export type Translation<M> = {
  [K in keyof M]: M[K] extends string
    ? string
    : M[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Translation<M[K]>;
};

export function catalogue<M extends Messages>(texts: {
  en: M;
  zh: Translation<M>;
}): Translation<M> {
  return new Proxy({} as Translation<M>, {
    get: (_, key) => Reflect.get(language() === 'en' ? texts.en : texts.zh, key),
  });
}

/** Picks from a text that the server holds in both languages. */
export function local(text: { zh: string; en: string }): string {
  return language() === 'en' ? text.en || text.zh : text.zh || text.en;
}
