"""The style sheet of a report.

Colours are CSS variables, so that plots (see `intent_tf.evaluation.svg`) turn light and dark with the text.
The colour-blind can tell them apart: blue is the model, orange are buyers, grey is what stands beside.
"""

STYLE = """
:root {
  color-scheme: light dark;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei",
    sans-serif;
  --paper: #f6f7f9; --card: #ffffff; --ink: #16181d; --muted: #5d6675; --line: #d9dee6;
  --model: #2456d6; --optimum: #0b8a6a; --buyer: #d9650b; --other: #6b7a90; --alarm: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1216; --card: #181c22; --ink: #e8ebf0; --muted: #9aa5b5; --line: #303845;
    --model: #7ea6ff; --optimum: #4fd1a9; --buyer: #ff9f5a; --other: #8b9ab0; --alarm: #ff8a80;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--font); }
main { max-width: 1080px; margin: 0 auto; padding: 40px 20px 64px; }
header p { color: var(--muted); margin: 6px 0 0; max-width: 90ch; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.02em; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 20px; letter-spacing: -0.01em; margin: 44px 0 2px; }
h3 { font-size: 15px; margin: 0 0 2px; }
section > p { color: var(--muted); margin: 0 0 14px; max-width: 75ch; }
.tiles, .cards { display: grid; gap: 16px; }
.tiles { grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); margin-top: 24px; }
.cards { grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); align-items: start; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; min-width: 0; }
.tile { padding: 14px 18px; }
.tile b { display: block; font-size: 28px; line-height: 1.25; letter-spacing: -0.02em; font-weight: 650; }
.tile span, .card p, footer { color: var(--muted); font-size: 13px; }
.card { padding: 16px 18px; margin: 0; }
.card p { margin: 0 0 8px; }
.card svg { display: block; width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-spacing: 0; width: 100%; font: 14px/22px var(--font); font-variant-numeric: tabular-nums; }
th, td { padding: 7px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--muted); font-weight: 500; font-size: 13px; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--card); }
th:last-child, td:last-child { padding-right: 0; }
tr:last-child td { border-bottom: 0; }
table.words td, table.words th { text-align: left; white-space: normal; overflow-wrap: anywhere; }
table.facts td:last-child { white-space: normal; overflow-wrap: anywhere; }
td.model { color: var(--model); font-weight: 650; }
td.best { font-weight: 700; }
td small { display: block; color: var(--muted); font-weight: 400; font-size: 11px; line-height: 14px; }
.bar { display: inline-block; height: 9px; min-width: 1px; border-radius: 2px; background: var(--model); }
td.wide { width: 45%; text-align: left; }
.confusion { display: grid; grid-template-columns: auto 1fr 1fr; gap: 6px; font-size: 13px; }
.confusion + .scroll { margin-top: 14px; }
.confusion > * { padding: 6px; text-align: center; align-self: center; color: var(--muted); }
.confusion .cell { padding: 20px 6px; border-radius: 8px; color: var(--ink); border: 1px solid var(--line); }
.confusion .cell b { display: block; font-size: 21px; }
.alarm { border-left: 4px solid var(--alarm); margin-top: 16px; }
.alarm b { color: var(--alarm); }
#data .cards { grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); }
section > .cards + .card, section > .card + .card { margin-top: 16px; }
details summary { cursor: pointer; color: var(--model); font-size: 14px; padding: 4px 0; }
footer { margin-top: 48px; border-top: 1px solid var(--line); padding-top: 12px; }
@media (max-width: 560px) {
  main { padding: 24px 14px 40px; } h1 { font-size: 24px; } .card { padding: 14px 12px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 10px; } .tile { padding: 12px; } .tile b { font-size: 23px; }
}
@media print { .card, .tile, h2 { break-inside: avoid; } body { background: none; } }
"""
