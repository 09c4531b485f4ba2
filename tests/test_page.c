/* The HTML report, read as a browser would: well-formed, without anything that runs or loads, whatever names say. */
#include "studies.h"

#include "report/report.h"
#include "report/svg.h"

#include <ctype.h>
#include <math.h>

#define PATH "test_page.db"
#define DEEPEST 32

static char *page_of(const char *text, const il_origin *origin, size_t seeds,
                     il_results **results) {
    il_error err;
    il_store *store = NULL;
    il_archive *archive = NULL;
    char *html = NULL;
    size_t size;
    il_study *study = study_of(text);
    remove(PATH);
    if (il_store_open(PATH, origin, &store, &err) != IL_OK ||
        il_study_run(study, &(il_run_options){.store = store, .jobs = 1}, results, &err) != IL_OK)
        fail_msg("%s", err.message);
    il_store_close(store);
    il_study_free(study);
    if (il_archive_read(PATH, NULL, &archive, &err) != IL_OK)
        fail_msg("%s", err.message);
    remove(PATH);
    archive->seeds = seeds ? seeds : archive->seeds;
    FILE *out = open_memstream(&html, &size);
    assert_int_equal(il_report_html(archive, out, &err), IL_OK);
    fclose(out);
    il_archive_free(archive);
    return html;
}

/* What a walk over the page counts. */
typedef struct walk {
    size_t figures, charts, titles, descriptions, tables, marks;
} walk;

static bool is_one_of(const char *name, const char *words) {
    size_t n = strlen(name);
    for (const char *at = words; (at = strstr(at, name)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

/* Attributes: name="value" with nothing in the value that could end it; none that runs or loads. */
static const char *skip_attributes(const char *s) {
    while (isspace((unsigned char)*s)) {
        char name[32];
        size_t n = strcspn(++s, "=<> \"/");
        assert_true(n > 0 && n < sizeof name && s[n] == '=' && s[n + 1] == '"');
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        if (!is_one_of(name, "lang charset name content class fill id role aria-labelledby viewBox "
                             "xmlns x y x1 y1 x2 y2 cx cy r d width height text-anchor scope"))
            fail_msg("attribute %s", name);
        s += n + 2;
        size_t value = strcspn(s, "\"<>");
        assert_true(s[value] == '"');
        s += value + 1;
    }
    return s;
}

static walk walk_page(const char *html) {
    walk w = {0};
    char open[DEEPEST][16];
    size_t depth = 0;
    const char *s = html;
    assert_int_equal(strncmp(s, "<!DOCTYPE html>\n", 16), 0);
    for (s += 16; (s = strchr(s, '<')) != NULL;) {
        bool closing = s[1] == '/';
        char name[16];
        s += 1 + closing;
        size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz123456");
        assert_true(n > 0 && n < sizeof name);
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        s += n;
        if (!is_one_of(name, "html head meta title style body h1 h2 h3 p b code small pre section "
                             "div figure figcaption details summary table caption thead tbody tr "
                             "th td svg desc rect line circle path text"))
            fail_msg("element %s", name);
        if (closing) {
            assert_true(*s == '>' && depth > 0);
            assert_string_equal(open[--depth], name);
            continue;
        }
        s = skip_attributes(s);
        w.figures += strcmp(name, "figure") == 0;
        w.charts += strcmp(name, "svg") == 0;
        w.descriptions += strcmp(name, "desc") == 0;
        w.tables += strcmp(name, "table") == 0;
        w.titles += strcmp(name, "title") == 0 && depth > 0 && strcmp(open[depth - 1], "svg") == 0;
        w.marks += is_one_of(name, "rect circle path");
        bool empty = *s == '/';
        assert_true(s[empty] == '>');
        if (!empty && strcmp(name, "meta") != 0) {
            assert_true(depth < DEEPEST);
            snprintf(open[depth++], sizeof open[0], "%s", name);
        }
    }
    assert_int_equal(depth, 0);
    assert_true(w.charts == w.figures && w.titles == w.charts && w.descriptions == w.charts);
    assert_true(w.tables == w.figures + 1);
    assert_null(strstr(html, "url("));
    assert_null(strstr(html, "@import"));
    for (const char *link = html; (link = strstr(link, "://")) != NULL; link++)
        assert_int_equal(strncmp(link - 4, "http://www.w3.org/2000/svg\"", 27), 0);
    return w;
}

#define HOSTILE "<script>alert(1)</script>\\\"'><img src=x onerror=alert(2)>&amp;"

static void names_do_nothing(void **state) {
    (void)state;
    il_origin origin = {.openblas = "</p><script>1</script>",
                        .command = "initlab run '</pre><svg onload=alert(3)>.yaml'",
                        .spec = "# </pre><script src=\"http:x\"></script>\r\n\x1b[2J"};
    il_results *results;
    char *html = page_of("study: \"" HOSTILE "\"\ndata: xor\nnetwork: 2-4-1\nseeds: 20\n"
                         "init: [zeros, he_normal]\nbaseline: zeros\nbudget: 50\n",
                         &origin, 0, &results);
    walk w = walk_page(html);
    assert_int_equal(w.figures, 2);
    assert_non_null(strstr(html, "<h1>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img "
                                 "src=x onerror=alert(2)&gt;&amp;amp;</h1>"));
    assert_non_null(strstr(html, "<pre># &lt;/pre&gt;&lt;script src=&quot;http:x&quot;&gt;"));
    assert_null(strchr(html, '\x1b'));
    free(html);
    il_results_free(results);
}

static void assert_shows(const char *html, const char *text) {
    if (!strstr(html, text))
        fail_msg("the page does not show '%s'", text);
}

static void shows_what_the_runs_say(void **state) {
    (void)state;
    static const char text[] = "study: small\ndata: xor\nnetwork: 2-4-1\noptimizer: adam(lr=0.05)\n"
                               "seeds: 100\nbudget: 500\nbaseline: zeros\n"
                               "init: [zeros, he_normal, xavier_uniform, normal(std=0.01)]\n";
    il_results *results;
    char *html = page_of(text, NULL, 0, &results), expected[512];
    walk_page(html);
    for (size_t i = 0; i < results->n_arms; i++) {
        static const char *const names[] = {"zeros", "he_normal", "xavier_uniform",
                                            "normal(std=0.01)"};
        const il_summary *s = &results->arms[i];
        snprintf(expected, sizeof expected,
                 "<tr><th scope=\"row\">%s</th><td>%.1f %% <small>%.1f–%.1f</small></td><td>%.1f "
                 "<small>%.1f–%.1f</small></td>",
                 names[i], 100 * s->success, 100 * s->success_ci.low, 100 * s->success_ci.high,
                 s->rmst, s->rmst_ci.low, s->rmst_ci.high);
        assert_shows(html, expected);
        snprintf(expected, sizeof expected, "<td>%zu of %zu</td></tr>", s->runs - s->converged,
                 s->runs);
        assert_shows(html, expected);
    }
    assert_shows(html, "<b>zeros</b> never converged (below 3.7 % with 95 % confidence).");
    assert_null(strstr(html, "Incomplete"));
    free(html);
    il_results_free(results);
}

/* Two keys make maps, of as many cells as arms; one key, or one arm, makes none. */
static void two_factors_make_maps(void **state) {
    (void)state;
    il_results *results;
    char *html = page_of("data: xor\nnetwork: [2-2-1, 2-3-1, 2-4-1]\nseeds: 20\nbudget: 40\n"
                         "init: [zeros, he_normal]\n",
                         NULL, 0, &results);
    walk both = walk_page(html);
    assert_int_equal(both.figures, 4);
    assert_shows(html, "<tr><th scope=\"row\">2-3-1</th><td>");
    free(html);
    il_results_free(results);
    html = page_of("data: xor\nnetwork: 2-2-1\nseeds: 1\nbudget: 1\ninit: he_normal\n", NULL, 0,
                   &results);
    assert_int_equal(walk_page(html).figures, 2);
    assert_shows(html, "No run converged within 1 epochs.");
    free(html);
    il_results_free(results);
    html = page_of("data: or\nnetwork: 2-1\nseeds: 30\nbudget: 3000\ninit: he_normal\n"
                   "optimizer: adam(lr=0.1)\n",
                   NULL, 20, &results);
    assert_int_equal(walk_page(html).figures, 2);
    assert_shows(html, "converged in 100.0 % of its runs (95 % interval ");
    assert_shows(html, "<b>Incomplete:</b> the study asks for 30 seeds; this page tells of the 20");
    free(html);
    il_results_free(results);
}

/* A chart alone has its own style and size; maps need two factors. */
static void charts_stand_alone(void **state) {
    (void)state;
    static const char *const ids[] = {"curves", "success", "success-map", "rmst-map"};
    il_error err;
    il_run runs[4] = {{.epoch = 3, .outcome = IL_CONVERGED}, {.epoch = 9, .outcome = IL_CENSORED}};
    unsigned char ran[4] = {1, 1, 1, 1};
    il_summary arms[4] = {{.runs = 1, .converged = 1, .success = 1, .rmst = 3}};
    size_t none[4] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    char *value[4][IL_KEYS] = {{NULL}};
    for (size_t i = 0; i < 4; i++) {
        value[i][IL_KEY_INIT] = i % 2 ? "<b>" : "zeros";
        value[i][IL_KEY_NETWORK] = i / 2 ? "2-2-1" : "2-4-1";
    }
    il_archive a = {.n_arms = 4,
                    .asked = 1,
                    .seeds = 1,
                    .budget = 9,
                    .value = value,
                    .baseline = none,
                    .runs = runs,
                    .ran = ran,
                    .arms = arms};
    a.varied[IL_KEY_INIT] = a.varied[IL_KEY_NETWORK] = true;
    for (il_chart chart = IL_CHART_CURVES; chart <= IL_CHART_RMST_MAP; chart++) {
        char *svg = NULL, title[64];
        size_t size;
        FILE *out = open_memstream(&svg, &size);
        assert_int_equal(il_report_svg(&a, chart, out, &err), IL_OK);
        fclose(out);
        snprintf(title, sizeof title, "<title id=\"%s-title\">", ids[chart]);
        assert_shows(svg, title);
        assert_int_equal(strncmp(svg, "<svg xmlns=", 11), 0);
        assert_shows(svg, "<style>svg{");
        assert_shows(svg, " width=\"760\"");
        assert_shows(svg, chart < IL_CHART_SUCCESS_MAP ? "&lt;b&gt; / 2-4-1" : ">&lt;b&gt;<");
        assert_null(strstr(svg, "<b>"));
        free(svg);
    }
    a.varied[IL_KEY_NETWORK] = false;
    assert_int_equal(il_report_svg(&a, IL_CHART_RMST_MAP, stdout, &err), IL_INVALID);
}

static void colors_of_heat_rise_in_lightness(void **state) {
    (void)state;
    double before = -1;
    for (int i = 0; i <= 100; i++) {
        unsigned r, g, b;
        char color[8];
        assert_int_equal(sscanf(il_svg_heat(i / 100.0, color), "#%2x%2x%2x", &r, &g, &b), 3);
        double light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        assert_true(light > before);
        before = light;
        /* The contrast with the text on it, as WCAG 2 defines it; it asks for 4.5. */
        double channel[3] = {r / 255.0, g / 255.0, b / 255.0}, luminance = 0;
        static const double weight[] = {0.2126, 0.7152, 0.0722};
        for (size_t k = 0; k < 3; k++)
            luminance +=
                weight[k] * (channel[k] <= 0.03928 ? channel[k] / 12.92
                                                   : pow((channel[k] + 0.055) / 1.055, 2.4));
        bool dark = strcmp(il_svg_on_heat(i / 100.0), "onlight") == 0;
        double contrast = dark ? (luminance + 0.05) / 0.05 : 1.05 / (luminance + 0.05);
        if (contrast < 4.5)
            fail_msg("contrast %.2f at %d %%", contrast, i);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_do_nothing),
        cmocka_unit_test(shows_what_the_runs_say),
        cmocka_unit_test(two_factors_make_maps),
        cmocka_unit_test(charts_stand_alone),
        cmocka_unit_test(colors_of_heat_rise_in_lightness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
