"""The page of a dossier as a jinja2 template: one file, no script, and a policy that forbids any request."""

GENERATOR = '<meta name="generator" content="ganlab dossier">'

STYLE = """
:root { color-scheme: light; --ink: #1a1a1a; --quiet: #595959; --line: #bbb; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 1.8rem 0 .4rem; }
p, ul { margin: .4rem 0; max-width: 48rem; } .quiet { color: var(--quiet); font-size: .9rem; }
.verdict { border: 2px solid; border-left-width: .8rem; padding: .5rem 1rem; margin: .8rem 0; }
.verdict strong { font-size: 1.15rem; } .verdict.use { border-color: #0072B2; }
.verdict.no { border-color: #D55E00; } .verdict.open { border-color: #767676; border-style: dashed; }
.wide { overflow-x: auto; max-width: 100%; } .wide:focus-visible { outline: 2px solid #0072B2; }
table { border-collapse: collapse; font-size: .88rem; margin: .5rem 0; width: 100%; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { border-bottom: 2px solid var(--ink); } td.n { font-variant-numeric: tabular-nums; }
tr.failed .mark { font-weight: 700; } .how { color: var(--quiet); font-size: .9em; display: block; }
td, th { overflow-wrap: normal; } .facts td { overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { padding: .6rem; font-size: 15px; }
  .checks thead { position: absolute; left: -999rem; } .checks tr { display: block; padding: .5rem 0;
  border-bottom: 1px solid var(--ink); } .checks td { display: block; border: 0; padding: .1rem 0; }
  th, td { padding: .2rem .3rem; }
  .checks td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); } }
@page { size: A4; margin: 16mm; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .wide { overflow: visible; }
  tr, .verdict { break-inside: avoid; } h2 { break-after: avoid; margin-top: 1rem; }
  table { font-size: 8pt; } .quiet { font-size: 9pt; } th, td { padding: .15rem .4rem; } }
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{{ generator }}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>{{ dossier.title }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
<h1>{{ dossier.title }}</h1>
<p class="quiet">{{ dossier.author }}</p>
<div class="verdict {{ kind }}"><p><strong>{{ mark }} {{ headline }}</strong></p><p>{{ counts }}</p>
<p>{{ dossier.reason }}</p></div>
</header>
<main>
<h2>Intended use</h2>
<p>{{ dossier.intended_use }}</p>

<h2>Every check</h2>
<p class="quiet">Passed: the whole 95 % interval keeps the limit. Failed: it breaks the limit, or a defect was
found. Not shown: the interval allows both, so more patients are needed. Failed checks come first; none can be
left out.</p>
<div class="wide" tabindex="0" role="region" aria-label="Every check"><table class="checks"><thead><tr>
{% for column in ["outcome", "check", "number", "95 % interval", "limit"] %}<th
scope="col">{{ column }}</th>{% endfor %}
</tr></thead><tbody>
{% for one in checks %}<tr class="{{ one.outcome | replace(" ", "-") }}">
<td class="mark" data-label="outcome">{{ marks[one.outcome] }} {{ one.outcome }}</td>
<td><strong>{{ one.name }}.</strong> {{ one.question }}
{% if one.finding %} <em>Found: {{ one.finding }}.</em>{% endif %}
<span class="how">{{ one.method }}</span></td>
<td class="n" data-label="number">{{ one.value | number }}</td>
<td class="n" data-label="95 % interval">{{ one.interval | interval }}</td>
<td class="n" data-label="limit">{{ one.side }} {{ one.limit | number }}</td></tr>
{% endfor %}</tbody></table></div>

<h2>Does it help?</h2>
<p>Balanced accuracy on real test patients, one column for each draw of training patients, all draws shown.
Every arm was given the same draws.</p>
<div class="wide" tabindex="0" role="region" aria-label="Scores of every draw">
<table><thead><tr><th
scope="col">arm</th>{% for _ in draws %}<th scope="col">{{ loop.index }}</th>{% endfor %}
<th scope="col">mean</th>
</tr></thead><tbody>
{% for arm, values in scores %}<tr><td>{{ arm }}</td>
{% for value in values %}<td class="n">{{ "%.3f" | format(value) }}</td>{% endfor %}
<td class="n">{{ "%.3f" | format(values | sum / values | length) }}</td></tr>{% endfor %}
</tbody></table></div>

<h2>What this does not show</h2>
<ul>{% for one in dossier.limits %}<li>{{ one }}</li>{% endfor %}</ul>
<h2>Change control: what would have to be done again</h2>
<p>{{ dossier.change_control }}</p>

<h2>Provenance</h2>
<p class="quiet">What somebody needs to compute every number again.</p>
<table class="facts"><tbody>
{% for name, value in facts %}<tr><th scope="row">{{ name }}</th><td>{{ value }}</td></tr>{% endfor %}
</tbody></table>
</main>
</body>
</html>
"""
