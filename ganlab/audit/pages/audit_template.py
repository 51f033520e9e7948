"""The page of an audit as a jinja2 template: one file, no script, and a policy that forbids any request."""

GENERATOR = '<meta name="generator" content="ganlab audit">'

STYLE = """
:root { color-scheme: light; --ink: #1a1a1a; --quiet: #595959; --line: #bbb; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap:
  anywhere; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; } p, ol, ul { margin: .4rem 0; max-width: 48rem; }
.verdict { border: 2px solid; border-left-width: .8rem; padding: .6rem 1rem; }
.verdict strong { font-size: 1.15rem; } .verdict.accept { border-color: #0072B2; } .verdict.reject {
border-color: #D55E00; }
.verdict.undecided { border-color: #767676; border-style: dashed; } .quiet, figcaption { color:
var(--quiet);
font-size: .9rem; }
.wide { overflow-x: auto; max-width: 100%; } .wide:focus-visible { outline: 2px solid #0072B2; }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0; }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: normal; }
thead th { border-bottom: 2px solid var(--ink); } td.n { text-align: right; font-variant-numeric:
tabular-nums;
  white-space: nowrap; } .facts td { overflow-wrap: anywhere; } .defect td, .different td, .accused td {
  font-weight: 700; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: .5rem 0; max-width: 100%; }
img { max-width: 100%; height: auto; display: block; }
@media (max-width: 30rem) { body { padding: .6rem; font-size: 15px; } th, td { padding: .2rem .35rem; }
  td:first-child { min-width: 7rem; overflow-wrap: anywhere; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .wide { overflow: visible; }
  figure, tr, .verdict { break-inside: avoid; } h2, h3 { break-after: avoid; } table { font-size: 7pt; }
  th, td { padding: .1rem .25rem; } td { overflow-wrap: anywhere; }
  details:not([open]) { display: none; } }
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
{{ generator }}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>Audit: {{ audit.verdict }}</title>
<style>{{ style }}</style>
</head>
<body>
{% macro rows(columns, body, wrap="") %}
<div class="wide" tabindex="0" role="region" aria-label="{{ wrap }}"><table><thead><tr>
{% for column in columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead><tbody>
{% for row in body %}<tr class="{{ row.mark }}">{% for cell in row.cells %}{% if cell is string %}<td>{{
cell }}</td>
{% else %}<td class="n">{{ cell | number }}</td>{% endif %}{% endfor %}</tr>{% endfor %}
</tbody></table></div>
{% endmacro %}
{% macro picture(one) %}<figure style="max-width: min(100%, {{ one.width }}px)"><img
src="data:image/png;base64,{{ one.png }}" alt="{{ one.alt }}"
width="{{ one.width }}">
{% if one.caption %}<figcaption>{{ one.caption }}</figcaption>{% endif %}</figure>{% endmacro %}
<header>
<h1>Audit of a synthetic cohort</h1>
<div class="verdict {{ audit.verdict }}"><p><strong>{{ mark }} {{ audit.headline }}</strong></p>
<ol>{% for reason in audit.reasons[:3] %}<li>{{ reason }}</li>{% endfor %}</ol></div>
</header>
<main>
<h2>All checks</h2>
<p class="quiet">{{ rule }} The rule aims at rejecting a perfect generator in at most 2.5 % of audits,
however few patients there are.</p>
{{ rows(["check", "number", "95 % interval", "perfect", "limit", "p", "p (Holm)", "outcome"], checks, "All
checks") }}
<p class="quiet">Perfect: what fresh patients of the same population would get, with as many of them.
Limit: where
close ends; a check without one can only accuse. p: how often fresh patients would look at least as odd.</p>
<ul>{% for reason in audit.reasons[3:] %}<li>{{ reason }}</li>{% endfor %}</ul>

<h2>Marginals: one feature at a time</h2>
{{ picture(marginals_figure) }}
{{ rows(marginal_columns, marginals[:20], "Features, the furthest first") }}
{% if marginals | length > 20 %}<details><summary>The other {{ marginals | length - 20 }} features</summary>
{{ rows(marginal_columns, marginals[20:], "The other features") }}</details>{% endif %}
<p class="quiet">W1: Wasserstein distance, in real standard deviations, with half its interval. SMD:
difference of
means in the same unit. Close: both equivalence tests at 5 % (margin {{ audit.marginals.attrs.margin }});
different:
Kolmogorov-Smirnov, Holm over features, at 2.5 %, and not close.</p>

<h2>Correlations: do the features hang together?</h2>
<p>{{ audit.correlations.summary() }}</p>
<div class="pictures">{% for one in correlation_figures %}{{ picture(one) }}{% endfor %}</div>
{% if pairs %}<h3>{{ broken }} broken pairs{% if broken > pairs | length %}, the first {{ pairs | length
}}{% endif %}</h3>
{{ rows(["first", "second", "real", "synthetic", "adjusted p"], pairs, "Broken pairs") }}
{% else %}<p>No single pair is broken at 5 %, corrected over all pairs.</p>{% endif %}

<h2>Memorization: is anybody copied?</h2>
<p>This part may show data of real patients: keep the page where you keep theirs.</p>
{% for search in searches %}
<h3>Judged by {{ search.space }}</h3>
<p>{{ search.sentence }}</p>
{% if search.pictures %}<div class="pictures">{% for one in search.pictures %}{{ picture(one) }}{% endfor
%}</div>{% endif %}
{{ rows(search.columns, search.rows, "The nearest pairs, " ~ search.space) }}
{% for pair in search.pairs %}<h3>{{ pair.title }}</h3>
{{ rows(["feature", "synthetic", "real", "difference in real SD"], pair.rows, pair.title) }}{% endfor %}
{% endfor %}
{% if not holdout %}<p>Without a holdout, the only control is how near the real patients lie to each
other.</p>{% endif %}

<h2>Two-sample test: anything at all?</h2>
<p>{{ two_sample }}</p>
<p class="quiet">Each feature enters as the normal quantile of its rank among all rows, so that none
dominates.</p>

<h2>Coverage: is every kind of patient imitated?</h2>
{% if coverage %}{{ rows(["measure", "number", "95 % interval", "perfect", "perfect range"], coverage,
"Coverage") }}
<p class="quiet">Precision and density say whether the synthetic ones lie among the reals; they are shown,
and do not
take part in the verdict. Balls reach to the {{ k }}th neighbour or nearer with few patients.</p>
{% else %}<p>There are too few rows to look for neighbours.</p>{% endif %}

<h2>What these samples could not have shown</h2>
<ul>{% for caveat in caveats %}<li>{{ caveat }}</li>{% endfor %}</ul>

<h2>Rows left out, and other notes</h2>
{% if notes %}<ul>{% for note in notes %}<li>{{ note }}</li>{% endfor %}</ul>{% else %}<p>None.</p>{% endif
%}
{% if left_out %}{{ rows(["cohort", "row or patient", "why it was left out"], left_out, "Rows left out")
}}{% endif %}

<h2>Provenance</h2>
<div class="facts">{% for title, facts in provenance %}<h3>{{ title }}</h3>
<table><tbody>{% for key, value in facts %}<tr><th scope="row">{{ key }}</th><td>{{ value }}</td></tr>{%
endfor %}</tbody></table>
{% endfor %}</div>
</main>
</body>
</html>
"""
