#!/bin/sh
# Reports in a browser: nothing fails, nothing is loaded, no name runs, every chart has its table, and at the width of a
# phone nothing hangs over. Also that the HTML is valid. Usage: test_report_browser.sh INITLAB
set -eu
initlab=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
    echo "$*"
    exit 1
}

# A study whose every name is hostile, of two factors, with everything recorded that a report can show; and one that
# recorded nothing.
evil='<script>alert(1)</script><img src=x onerror=alert(2)>'
cat >"--><svg onload=alert(3)>.yaml" <<YAML
# </pre><script>alert(4)</script><link rel=stylesheet href=http://example.com/x>
study: "$evil"
data: xor
network: [2-2-1, 2-4-1]
optimizer: adam(lr=0.05)
init: [zeros, constant(0.5), he_normal]
seeds: 40
budget: 60
baseline: he_normal
record: layers(every=5, seeds=8)
YAML
"$initlab" run ./*.yaml --out rich.db --quiet >/dev/null 2>err || fail "$(cat err)"
printf 'data: xor\nnetwork: 2-2-1\ninit: [zeros, he_normal]\nseeds: 16\nbudget: 20\n' >plain.yml
"$initlab" run plain.yml --out plain.db --quiet >/dev/null 2>err || fail "$(cat err)"
for page in rich plain; do
    "$initlab" report $page.db -o $page.html || fail "no report of $page.db"
done

command -v tidy >/dev/null || fail "tidy, which judges the HTML, is missing: apt-get install tidy"
# Valid, as tidy sees it. It does not know that SVG's titles may have ids.
for page in rich plain; do
    tidy -q -e --warn-proprietary-attributes no $page.html >tidied 2>&1 || fail "$page.html: $(cat tidied)"
done

# Each chart alone is XML, with the name that it was asked for.
for chart in curves success success-map rmst-map loss accuracy signal gradient signal-epochs gradient-epochs weights \
    regions lines; do
    "$initlab" report rich.db --svg $chart -o chart.svg || fail "no chart $chart"
    xmllint --noout chart.svg 2>err || fail "$chart: $(cat err)"
    grep -q "<title id=\"$chart-title\">" chart.svg || fail "$chart is another chart"
done

# The script is the one that the page lets run.
hash=$(sed -n 's|^<script>\(.*\)</script>$|\1|p' rich.html | tr -d '\n' | sha256sum | cut -c 1-64 | tr a-f A-F |
    basenc --base16 -d | base64)
grep -qF "script-src 'sha256-$hash'" rich.html || fail "the script's hash is sha256-$hash"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
    echo "no Chromium here: reports were not opened in a browser"
    exit 77
fi
# open FILE: what the page becomes, in the file dom; whatever it looks for in a network is not found.
open() {
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" \
        --disable-background-networking --host-resolver-rules='MAP * ~NOTFOUND' --enable-logging=stderr --v=0 \
        --allow-file-access-from-files --virtual-time-budget=2000 --dump-dom "file://$work/$1" >dom 2>console ||
        fail "$(cat console)"
    if grep CONSOLE console; then fail "$1: the browser complains"; fi
}

# As it is: the script has made headings into buttons, so it ran, and nothing was refused.
for page in rich plain; do
    open $page.html
    grep -q '<button type="button" title="Sort by this column">RMST</button>' dom || fail "$page.html: its script did not run"
done

# Without its policy, which would hide what a name does, with a witness of what runs, in a frame as wide as a phone.
cat >witness.js <<'JS'
window.ran = 0;
window.alert = () => window.ran++;
window.addEventListener('load', () => {
    const all = (where, what) => [...where.querySelectorAll(what)];
    const wrong = [];
    const expect = (holds, what) => holds || wrong.push(what);
    for (const section of all(document, 'section.chart')) {
        const name = section.id, charts = all(section, 'svg');
        expect(charts.length === 1, name + ': not one chart');
        expect(charts[0].getBoundingClientRect().height > 50, name + ': a flat chart');
        expect(all(charts[0], ':scope > title, :scope > desc').every(e => e.textContent.length > 10), name + ': no title');
        expect(all(section, 'details tbody tr').length > 0, name + ': no table');
        for (const e of all(charts[0], 'text')) {
            const box = e.getBBox(), view = charts[0].viewBox.baseVal;
            expect(box.x >= -1 && box.x + box.width <= view.width + 1 && box.y >= -1 &&
                   box.y + box.height <= view.height + 1, `${name}: '${e.textContent}' is cut off`);
        }
    }
    for (const link of all(document, 'nav a'))
        expect(document.querySelector(link.getAttribute('href')), link.href + ' leads nowhere');
    const width = document.documentElement.scrollWidth;
    expect(width <= innerWidth, `the page is ${width} wide in ${innerWidth}`);
    expect(all(document, 'img, link, iframe, object, [onload], [onerror], [src]').length === 1, 'what is not ours');
    expect(all(document, 'body script').length === 1, 'more than one script');
    const loaded = performance.getEntriesByType('resource').map(e => e.name).filter(name => !name.endsWith('/witness.js'));
    expect(loaded.length === 0, 'loaded: ' + loaded);
    expect(window.ran === 0, 'a name ran');
    const table = document.querySelector('#arms table'), button = all(table, 'thead button')[2];
    const order = () => [...table.tBodies[0].rows].map(row => parseFloat(row.cells[2].textContent));
    button.click();
    button.click();
    expect(order().every((x, i, xs) => i === 0 || xs[i - 1] >= x), 'not sorted: ' + order());
    parent.postMessage(`${innerWidth} wide, ${all(document, 'section.chart').length} charts: ` + (wrong.join('; ') || 'fine'), '*');
});
JS
# look PAGE CHARTS
look() {
    sed -e 's|<meta http-equiv="Content-Security-Policy"[^>]*>|<script src="witness.js"></script>|' $1.html >witnessed.html
    cat >frame.html <<HTML
<!DOCTYPE html><html><head><link rel="icon" href="data:,"></head><body>
<script>addEventListener('message', e => document.body.append('SEEN ' + e.data))</script>
<iframe src="witnessed.html" width="390" height="800" style="border:0"></iframe></body></html>
HTML
    open frame.html
    seen=$(sed -n 's/.*SEEN \(.*\)<\/body>.*/\1/p' dom)
    [ "$seen" = "390 wide, $2 charts: fine" ] || fail "$1.html: ${seen:-nothing was seen: $(cat console)}"
}
look rich 13
look plain 2
