/** What a written text needs besides the style of reports: it is read, not looked over. */
export const proseStyle = `
@media screen { main { max-width: 890px } }
.prose { break-inside: auto; font-size: 16px; line-height: 1.6; overflow-wrap: anywhere; }
.prose > * { max-width: 800px; } .prose > .scroll, .prose > pre { max-width: none; }
h1 { font-size: 28px; line-height: 1.25; color: var(--ink); margin: 8px 0 20px; }
.prose h2 { font-size: 22px; margin: 0 0 12px; }
.prose h3 { font-size: 17px; margin: 32px 0 8px; padding-top: 12px; border-top: 1px solid var(--line); }
.prose h4, .prose h5, .prose h6 { font-size: 16px; margin: 20px 0 6px; }
.prose h1, .prose h2, .prose h3, .prose h4 { break-after: avoid; }
.prose p { margin: 10px 0; } .prose li > p { margin: 4px 0; }
.prose ul, .prose ol { padding-left: 26px; margin: 10px 0; }
.prose blockquote { margin: 10px 0 14px; padding: 4px 16px; border-left: 3px solid var(--line); color: var(--quiet);
  font-size: 14px; line-height: 1.5; break-inside: avoid; }
.prose blockquote p { margin: 6px 0; }
.prose img { max-width: 100%; height: auto; display: block; margin: 12px 0; border-radius: 6px; background: #fff;
  break-inside: avoid; }
.prose code { font: 0.87em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--page); padding: 1px 4px;
  border-radius: 4px; }
.prose pre { white-space: pre-wrap; break-inside: avoid; } .prose pre code { font-size: 13px; padding: 0; background: none; }
.prose th, .prose td { text-align: left; white-space: normal; vertical-align: top; }
.prose th.right, .prose td.right { text-align: right; } .prose th.center, .prose td.center { text-align: center; }
.prose hr { border: 0; border-top: 1px solid var(--line); margin: 24px 0; }
.prose details { margin: 10px 0; }
a { color: var(--blue); }
.lost { display: block; margin: 12px 0; padding: 10px 14px; border: 1px dashed var(--bad); border-radius: 6px;
  color: var(--bad); font-size: 14px; }
.contents { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 16px 24px; }
.contents ul { list-style: none; margin: 0; padding: 0; font-size: 14px; line-height: 1.6; }
.contents .depth2 { font-weight: 600; margin-top: 8px; } .contents .depth3 { padding-left: 16px; }
.contents a { text-decoration: none; } .contents a:hover { text-decoration: underline; }
.contents .note { font-size: 13px; font-weight: 400; }
@media print { .contents { border: 0; padding: 0; break-after: page; } .prose { font-size: 11px; line-height: 1.45; }
  .prose blockquote { font-size: 10px; } .prose pre code { font-size: 9.5px; } h1 { font-size: 20px; }
  .prose h2 { font-size: 16px; } .prose h3 { font-size: 13px; margin-top: 20px; } a { color: inherit; } }
`
