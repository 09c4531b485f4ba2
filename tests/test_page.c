/* The HTML report, read as a browser would: well-formed, without anything that runs or loads, whatever names say. */
#include "pages.h"

#include "report/svg.h"

#include <math.h>

#define PATH "test_page.db"

#define HOSTILE "<script>alert(1)</script>\\\"'><img src=x onerror=alert(2)>&amp;"

static void names_do_nothing(void **state) {
    (void)state;
    il_origin origin = {.openblas = "</p><script>1</script>",
                        .command = "initlab run '</pre><svg onload=alert(3)>.yaml'",
                        .spec = "# </pre><script src=\"http:x\"></script>\r\n\x1b[2J"};
    il_results *results;
    char *html = page_of(PATH,
                         "study: \"" HOSTILE "\"\ndata: xor\nnetwork: 2-4-1\nseeds: 20\n"
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

static void shows_what_the_runs_say(void **state) {
    (void)state;
    static const char text[] = "study: small\ndata: xor\nnetwork: 2-4-1\noptimizer: adam(lr=0.05)\n"
                               "seeds: 100\nbudget: 500\nbaseline: zeros\n"
                               "init: [zeros, he_normal, xavier_uniform, normal(std=0.01)]\n";
    il_results *results;
    char *html = page_of(PATH, text, NULL, 0, &results), expected[512];
    walk_page(html);
    for (size_t i = 0; i < results->n_arms; i++) {
        static const char *const names[] = {"zeros", "he_normal", "xavier_uniform",
                                            "normal(std=0.01)"};
        const il_summary *s = &results->arms[i];
        snprintf(expected, sizeof expected,
                 "<tr><th scope=\"row\">%s</th><td>%.1f %% <small>%.1f–%.1f</small></td><td>%.1f "
                 "<small>%.1f–%.1f</small></td>",
                 names[i], 100 * s->success, 100 * s->success_ci.low, 100 * s->success_ci.high,
                 s->rmst, s->rmst_ci.low, s->rmst_ci.high);
        assert_shows(html, expected);
        snprintf(expected, sizeof expected, "<td>%zu of %zu</td></tr>", s->runs - s->converged,
                 s->runs);
        assert_shows(html, expected);
    }
    assert_shows(html, "<b>zeros</b> never converged (below 3.7 % with 95 % confidence).");
    assert_null(strstr(html, "Incomplete"));
    free(html);
    il_results_free(results);
}

/* Two keys make maps, of as many cells as arms; one key, or one arm, makes none. */
static void two_factors_make_maps(void **state) {
    (void)state;
    il_results *results;
    char *html = page_of(PATH,
                         "data: xor\nnetwork: [2-2-1, 2-3-1, 2-4-1]\nseeds: 20\nbudget: 40\n"
                         "init: [zeros, he_normal]\n",
                         NULL, 0, &results);
    walk both = walk_page(html);
    assert_int_equal(both.figures, 4);
    assert_shows(html, "<tr><th scope=\"row\">2-3-1</th><td>");
    free(html);
    il_results_free(results);
    html = page_of(PATH,
                   "data: xor\nnetwork: [2-2-1, 2-3-1]\nhidden: [relu, tanh, sigmoid]\nseeds: 20\n"
                   "budget: 40\ninit: [zeros, he_normal]\n",
                   NULL, 0, &results);
    assert_int_equal(walk_page(html).figures, 4);
    assert_shows(html, "With which of 12 combinations of network, hidden and init does a network ");
    assert_shows(html, "<tr><th scope=\"row\">2-3-1</th><td>tanh</td><td>");
    assert_shows(html, ">hidden: sigmoid</text>");
    free(html);
    il_results_free(results);
    html = page_of(PATH, "data: xor\nnetwork: 2-2-1\nseeds: 1\nbudget: 1\ninit: he_normal\n", NULL,
                   0, &results);
    assert_int_equal(walk_page(html).figures, 2);
    assert_shows(html, "No run converged within 1 epochs.");
    free(html);
    il_results_free(results);
    html = page_of(PATH,
                   "data: or\nnetwork: 2-1\nseeds: 30\nbudget: 3000\ninit: he_normal\n"
                   "optimizer: adam(lr=0.1)\n",
                   NULL, 20, &results);
    assert_int_equal(walk_page(html).figures, 2);
    assert_shows(html, "converged in 100.0 % of its runs (95 % interval ");
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
    for (il_chart which = IL_CHART_CURVES; which <= IL_CHART_RMST_MAP; which++) {
        char *svg = NULL, title[64];
        size_t size;
        FILE *out = open_memstream(&svg, &size);
        assert_int_equal(il_report_svg(&a, which, out, &err), IL_OK);
        fclose(out);
        snprintf(title, sizeof title, "<title id=\"%s-title\">", ids[which]);
        assert_shows(svg, title);
        assert_int_equal(strncmp(svg, "<svg xmlns=", 11), 0);
        assert_shows(svg, "<style>svg{");
        assert_shows(svg, " width=\"760\"");
        assert_shows(svg, which < IL_CHART_SUCCESS_MAP ? "&lt;b&gt; / 2-4-1" : ">&lt;b&gt;<");
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
