import { match } from 'ts-pattern';
import type { Page } from '../columns.ts';
import { documentHtml } from './document-html.ts';
import { documentMarkdown } from './document-markdown.ts';
import { documentMail, documentText } from './document-text.ts';
import type { Document } from './document.ts';

/** text: for the terminal. mail: 72 columns of ASCII. markdown: with mermaid. html: one page that needs nothing else. */
export type Layout = 'text' | 'mail' | 'markdown' | 'html';

/** The page is the terminal's; the other layouts have their own. */
export const laidOut = (document: Document, as: Layout, page: Page): string =>
  match(as)
    .with('text', () => documentText(document, page))
    .with('mail', () => documentMail(document))
    .with('markdown', () => documentMarkdown(document))
    .with('html', () => documentHtml(document))
    .exhaustive();
