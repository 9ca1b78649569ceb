"""How the page of a report looks: on a telephone, on a desk, on A4; dark on white, in any of its fonts."""

STYLE = """
@page { size: A4; margin: 16mm 15mm 18mm; }
:root { color-scheme: light; color: #1d2327; background: #fff;
        font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
* { box-sizing: border-box; }
body { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.9rem; line-height: 1.15; margin: 0 0 .4rem; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 2.6rem 0 .6rem; padding-top: .5rem;
     border-top: 3px solid #1d4f7c; }
h3 { font-size: 1.05rem; line-height: 1.35; margin: 1.8rem 0 .4rem; }
h4 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
h3.part { font-size: 1.2rem; margin-top: 2.2rem; }
p, ul { margin: .5rem 0; max-width: 44rem; } li { margin: .35rem 0; }
a { color: #1d4f7c; } a:focus-visible, .wide:focus-visible { outline: 3px solid #b3541e; outline-offset: 2px; }
.small { color: #4b545b; font-size: .9rem; } .aside { color: #4b545b; font-weight: 400; } .lead { font-size: 1.1rem; }
.simulated { border: 3px solid #8a2c1d; color: #8a2c1d; font-weight: 700; padding: .5rem .9rem;
             max-width: none; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; max-width: none; }
nav li { margin: 0; } nav a { display: inline-block; padding: .2rem 0; }
.cards { list-style: none; padding: 0; margin: 1rem 0; max-width: none; display: grid; gap: .8rem;
         grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); }
.cards li { margin: 0; border: 1px solid #aeb8c0; border-left: .4rem solid #1d4f7c; padding: .7rem 1rem;
            max-width: 26rem; }
.cards strong { display: block; font-size: 2.5rem; line-height: 1.1; color: #1d4f7c; }
.cards b, .cards span { display: block; } .cards span { color: #3b444b; font-size: .92rem; }
.beside { display: grid; gap: .4rem 2rem; align-items: start; }
.figure { margin: .4rem 0; min-width: 0; } .tables { min-width: 0; }
.figure svg { display: block; width: 100%; max-width: 30rem; height: auto; overflow: visible;
              print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.wide { overflow-x: auto; min-width: 0; max-width: 100%; }
table { border-collapse: collapse; font-size: .95rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #4b545b; padding: .2rem 0 .3rem; font-size: .9rem; }
caption .title { display: block; color: #1d2327; font-weight: 600; font-size: 1rem; padding-top: .8rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap; }
th, td { padding: .28rem .8rem .28rem 0; border-bottom: 1px solid #d0d6da; text-align: right;
         vertical-align: top; }
td { white-space: nowrap; } thead th, thead td { border-bottom: 2px solid #4b545b; vertical-align: bottom; }
th { font-weight: 600; } tbody th { font-weight: 400; text-align: left; min-width: 8rem; }
thead th:first-child { text-align: left; } th:last-child, td:last-child { padding-right: .2rem; }
th[scope="rowgroup"] { font-weight: 600; padding-top: .8rem; border-bottom-color: #4b545b; }
.facts { width: 100%; margin: 1rem 0; } .facts th { width: 30%; }
.facts td { text-align: left; white-space: normal; }
code { font: .85em/1.4 "DejaVu Sans Mono", Consolas, Menlo, monospace; overflow-wrap: anywhere; }
.careful { border: 3px solid #8a4b00; padding: .3rem .9rem; margin: 1rem 0; max-width: 46rem; }
.about { display: block; color: #4b545b; font-size: .86em; font-weight: 400; }
.mark { border: 1px solid currentColor; padding: 0 .3em; font-size: .82em; font-weight: 600; white-space: nowrap; }
tbody.assumed .mark, tbody.assumed th[scope="rowgroup"] { color: #8a2c1d; } tbody.study .mark { color: #1d4f7c; }
footer { margin-top: 3rem; border-top: 1px solid #aeb8c0; padding-top: .6rem; }
@media (min-width: 60rem) { .beside { grid-template-columns: minmax(0, 25rem) minmax(0, 1fr); }
                            .beside > :only-child { grid-column: 1 / -1; } }
@media (max-width: 30rem) { h1 { font-size: 1.55rem; } table { font-size: .86rem; }
                            tbody th { min-width: 5rem; }
                            th, td { padding-right: .45rem; } .cards strong { font-size: 2.1rem; } }
.wide .about { min-width: 8.5rem; }
@media print {
  :root { font-size: 10pt; } body { max-width: none; padding: 0; } nav { display: none; }
  h2, h3 { break-after: avoid; } h2 { margin-top: 1.6rem; } tr, .figure, .cards li { break-inside: avoid; }
  tr:has(th[scope="rowgroup"]), h4 { break-after: avoid; }
  .beside, .wide, tbody { break-inside: avoid; } #respondents .wide { break-inside: auto; } #respondents { break-before: page; }
  #model .wide, #model tbody, #model .beside { break-inside: auto; }
  .beside { grid-template-columns: 8.4cm minmax(0, 1fr); gap: 0 .6cm; } .beside > :only-child { grid-column: 1 / -1; }
  .wide { overflow: visible; } .figure svg { max-width: 10cm; } a { color: inherit; text-decoration: none; }
  table { font-size: .88rem; } th, td { padding-right: .5rem; } tbody th, .wide .about { min-width: 0; }
  .cards { grid-template-columns: repeat(3, 1fr); }
}
"""
