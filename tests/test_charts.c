/* Charts of recorded runs: what is worked out for them, and that colors can be told apart. */
#include "pages.h"

#include <math.h>

#define PATH "test_charts.db"

static digest digest_of(const il_archive *archive, size_t arm) {
    il_error err;
    digest d;
    if (il_digest_make(archive, arm, &d, &err) != IL_OK)
        fail_msg("%s", err.message);
    return d;
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Zero weights give a loss of ln 2 for ever; for others the quartiles are those of the runs' own numbers, a run that has
 * ended counting with its last. */
static void curves_are_quartiles(void **state) {
    (void)state;
    enum { N = 21 };
    il_error err;
    il_results *results;
    il_archive *archive =
        archive_of(PATH,
                   "data: xor\nnetwork: 2-8-1\noptimizer: adam(lr=0.1)\nseeds: 40\n"
                   "budget: 60\ninit: [zeros, he_normal]\nrecord: curves(every=4, seeds=21)\n",
                   NULL, &results);
    digest d = digest_of(archive, 0);
    for (size_t i = 0; i < d.columns; i++) {
        const quartiles *q = &d.curve[IL_CURVE_LOSS][i];
        assert_float_equal(q->median, log(2), 1e-6);
        assert_true(q->low == q->median && q->high == q->median);
    }
    assert_int_equal(d.epoch[d.columns - 1], 60);
    il_digest_free(&d);
    d = digest_of(archive, 1);
    assert_int_equal(d.n, N);
    il_arm_record *record;
    assert_int_equal(il_archive_record(archive, 1, &record, &err), IL_OK);
    size_t ended = 0;
    for (size_t column = 0; column < d.columns; column++) {
        float loss[N];
        for (size_t i = 0; i < N; i++) {
            const il_run_record *run = &record->run[i];
            size_t at = run->n_points - 1;
            while (run->point[at].epoch > d.epoch[column])
                at--;
            loss[i] = run->point[at].loss;
            ended += column > 0 && at == run->n_points - 1 && run->point[at].epoch < 60;
        }
        qsort(loss, N, sizeof *loss, by_size);
        const quartiles *q = &d.curve[IL_CURVE_LOSS][column];
        assert_true(q->low == loss[5] && q->median == loss[10] && q->high == loss[15]);
    }
    assert_true(ended > 0);
    il_arm_record_free(record);
    il_digest_free(&d);
    il_archive_free(archive);
    il_results_free(results);
}

/* ReLU layers keep He's signal and gradient; with sigma_w2 = 64·0.01² each layer leaves sqrt(sigma_w2/2) of both. */
static void theory_is_mean_field(void **state) {
    (void)state;
    static const double factor[] = {1, 0.0565685424949238}; /* sqrt(0.0064/2) */
    il_results *results;
    il_archive *archive = archive_of(
        PATH,
        "data: moons(n=60)\nnetwork: 2-[64]x5-1\nseeds: 16\nbudget: 1\nnorm: [none, batchnorm]\n"
        "init: [he_normal, normal(std=0.01), zeros, constant(0.5)]\nrecord: layers(seeds=16)\n",
        NULL, &results);
    for (size_t arm = 0; arm < 8; arm++) {
        digest d = digest_of(archive, arm);
        assert_int_equal(d.n_layers, 6);
        for (size_t s = 0; s < IL_STRIPS; s++)
            for (size_t k = 0; k < 5; k++) {
                double theory = d.strip[s][k].theory;
                if (arm > 1) { /* weights that are not random, and norms */
                    assert_true(isnan(theory));
                    continue;
                }
                if (k > 0) {
                    double before = d.strip[s][k - 1].theory;
                    double step = s == IL_STRIP_SIGNAL ? theory / before : before / theory;
                    assert_float_equal(step, factor[arm], 1e-9);
                }
                /* Of a length's mean square over 16 networks the standard deviation is below a tenth. */
                assert_true(fabs(d.strip[s][k].value / theory - 1) < 0.3);
                assert_true(d.strip[s][k].low <= d.strip[s][k].value &&
                            d.strip[s][k].value <= d.strip[s][k].high);
            }
        il_digest_free(&d);
    }
    il_archive_free(archive);
    il_results_free(results);
}

static const char xor [] =
    "data: xor\nnetwork: 2-2-1\noptimizer: adam(lr=0.05)\nseeds: 20\nbudget: 30\n"
    "init: [zeros, constant(0.5), he_normal]\nbaseline: he_normal\n"
    "record: layers(every=5, seeds=10)\n";

/* Every figure is there, says what must be so, and names are escaped in all of them. */
static void page_shows_what_was_recorded(void **state) {
    (void)state;
    il_results *results;
    il_archive *archive = archive_of(PATH, xor, NULL, &results);
    char *html = html_of(archive), *hostile;
    assert_int_equal(walk_page(html).figures, 11);
    assert_shows(html, "<tr><th scope=\"row\">zeros</th><td>10</td><td>0.693 <small>0.693–0.693");
    assert_shows(html,
                 "<tr><th scope=\"row\">zeros</th><td>1</td><td>no line</td><td>no line</td>");
    assert_shows(html, "<tr><th scope=\"row\">constant(0.5)</th><td>3</td><td>2 lines in one</td>"
                       "<td>2 lines in one</td>");
    assert_shows(html, "<tr><th scope=\"row\">he_normal</th><td>2</td><td>2 lines</td><td>2 lines");
    assert_shows(html, "<tr><th scope=\"row\">zeros</th><td>2</td><td>50.0 %</td><td>50.0 %</td>");
    assert_shows(html, "<tr><th scope=\"row\">constant(0.5)</th><td>1</td><td>40</td><td>0.5</td>"
                       "<td>0</td>");
    assert_shows(html, "<td>10 of 10 <small> layer 1, epoch 0</small></td>");
    assert_null(strstr(html, "recorded nothing"));
    free(html);
    /* Parameters that are not those of the network that the file names are not looked at. */
    free(archive->value[0][IL_KEY_NETWORK]);
    archive->value[0][IL_KEY_NETWORK] = strdup("2-200-1");
    html = html_of(archive);
    assert_int_equal(walk_page(html).figures, 11);
    assert_null(strstr(html, "<td>no line</td>"));
    free(html);
    free(archive->value[1][IL_KEY_INIT]);
    archive->value[1][IL_KEY_INIT] = strdup("</title></svg></small><script>alert(1)</script>\"'");
    hostile = html_of(archive);
    assert_int_equal(walk_page(hostile).figures, 11);
    assert_null(strstr(hostile, "alert(1)</script>"));
    free(hostile);
    il_archive_free(archive);
    il_results_free(results);
}

/* All charts but maps, alone; and each refused with a remedy where nothing was recorded. */
static void recorded_charts_stand_alone(void **state) {
    (void)state;
    il_results *results, *plain_results;
    il_archive *archive = archive_of(PATH, xor, NULL, &results);
    il_archive *plain = archive_of("test_charts_plain.db",
                                   "data: xor\nnetwork: 2-2-1\ninit: zeros\nseeds: 1\nbudget: 1\n",
                                   NULL, &plain_results);
    for (il_chart which = IL_CHART_LOSS; which <= IL_CHART_LINES; which++) {
        char *svg = NULL, *rest;
        size_t size;
        il_error err;
        FILE *out = open_memstream(&svg, &size);
        assert_int_equal(il_report_svg(archive, which, out, &err), IL_OK);
        fclose(out);
        assert_int_equal(strncmp(svg, "<svg xmlns=", 11), 0);
        assert_shows(svg, "<style>svg{");
        assert_shows(svg, ">constant(0.5)</text>");
        rest = strstr(svg, "</svg>\n");
        assert_non_null(rest);
        assert_string_equal(rest, "</svg>\n");
        free(svg);
        assert_int_equal(il_report_svg(plain, which, stderr, &err), IL_INVALID);
        assert_shows(err.message, ": record: ");
    }
    char *html = html_of(plain);
    assert_shows(html,
                 "This study recorded nothing while it ran. With <code>record: layers</code>");
    free(html);
    il_archive_free(archive);
    il_archive_free(plain);
    il_results_free(results);
    il_results_free(plain_results);
}

/* Of more arms than panels: the first, the last, the baseline, and in the order of the ranking. */
static void panels_go_through_the_ranking(void **state) {
    (void)state;
    for (int baseline = 0; baseline < 3; baseline++) {
        static const char *const names[] = {"he_normal", "normal(std=0.03)", "zeros"};
        char text[512];
        il_error err;
        page p;
        il_results *results;
        snprintf(text, sizeof text,
                 "data: xor\nnetwork: 2-4-1\noptimizer: adam(lr=0.05)\nseeds: 20\nbudget: 100\n"
                 "init: [zeros, ones, constant(2), normal(std=0.01), normal(std=0.03), "
                 "normal(std=0.1), normal(std=0.3), normal(std=1), normal(std=3), he_normal, "
                 "he_uniform, xavier_normal, xavier_uniform, lecun_normal, orthogonal]\n"
                 "baseline: %s\nrecord: curves(every=50, seeds=1)\n",
                 names[baseline]);
        il_archive *archive = archive_of(PATH, text, NULL, &results);
        assert_int_equal(il_page_open(&p, archive, stderr, &err), IL_OK);
        assert_int_equal(il_page_read_records(&p, &err), IL_OK);
        assert_int_equal(p.n_digests, 12);
        size_t rank = 0, before = 0;
        bool has_baseline = false;
        for (size_t i = 0; i < 12; i++, before = rank) {
            while (rank < 15 && p.order[rank] != p.digests[i].arm)
                rank++;
            assert_true(rank < 15 && (i == 0 ? rank <= 1 : rank > before));
            has_baseline |= p.order[rank] == p.baseline;
        }
        assert_true(has_baseline && rank >= 13);
        il_page_close(&p);
        il_archive_free(archive);
        il_results_free(results);
    }
}

typedef struct rgb {
    double at[3];
} rgb;

/* sRGB to linear light. */
static rgb linear_of(unsigned color) {
    rgb out;
    for (size_t k = 0; k < 3; k++) {
        double c = (color >> (16 - 8 * k) & 255) / 255.0;
        out.at[k] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
    }
    return out;
}

static rgb transform(const double m[3][3], rgb c) {
    rgb out = {{0}};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++)
            out.at[i] += m[i][k] * c.at[k];
    return out;
}

/* CIELAB under the white of sRGB. */
static rgb lab_of(rgb c) {
    static const double xyz[3][3] = {
        {0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047},
        {0.2126729, 0.7151522, 0.0721750},
        {0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883}};
    for (size_t k = 0; k < 3; k++)
        c.at[k] = fmin(fmax(c.at[k], 0), 1);
    rgb f = transform(xyz, c);
    for (size_t k = 0; k < 3; k++)
        f.at[k] = f.at[k] > 216.0 / 24389 ? cbrt(f.at[k]) : (24389.0 / 27 * f.at[k] + 16) / 116;
    return (rgb){{116 * f.at[1] - 16, 500 * (f.at[0] - f.at[1]), 200 * (f.at[1] - f.at[2])}};
}

static double luminance(rgb c) {
    return 0.2126 * c.at[0] + 0.7152 * c.at[1] + 0.0722 * c.at[2];
}

/* To normal, protanope and deuteranope eyes every two series are at least 20 apart in CIELAB, where 2.3 can just be
 * noticed; and each has a contrast of 3 to the background, as WCAG 2.1 asks of graphics (1.4.11). Simulation: Machado,
 * Oliveira & Fernandes 2009, severity 1. */
static void colors_are_told_apart(void **state) {
    (void)state;
    static const double eyes[][3][3] = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
                                        {{0.152286, 1.052583, -0.204868},
                                         {0.114503, 0.786281, 0.099216},
                                         {-0.003882, -0.048116, 1.051998}},
                                        {{0.367322, 0.860646, -0.227968},
                                         {0.280085, 0.672501, 0.047413},
                                         {-0.011820, 0.042940, 0.968881}}};
    const char *at = il_svg_style;
    for (int scheme = 0; scheme < 2; scheme++) { /* light, then dark */
        unsigned color[IL_SVG_SERIES], back = scheme == 0 ? 0xffffff : 0x16181c;
        for (size_t i = 0; i < IL_SVG_SERIES; i++) {
            char name[16];
            snprintf(name, sizeof name, "--s%zu:#", i);
            at = strstr(at, name);
            assert_non_null(at);
            assert_int_equal(sscanf(at + strlen(name), "%6x", &color[i]), 1);
            double light = luminance(linear_of(color[i])) + 0.05;
            double behind = luminance(linear_of(back)) + 0.05;
            if (fmax(light, behind) / fmin(light, behind) < 3)
                fail_msg("#%06x on #%06x", color[i], back);
        }
        for (size_t eye = 0; eye < 3; eye++)
            for (size_t i = 0; i < IL_SVG_SERIES; i++)
                for (size_t j = 0; j < i; j++) {
                    rgb a = lab_of(transform(eyes[eye], linear_of(color[i])));
                    rgb b = lab_of(transform(eyes[eye], linear_of(color[j])));
                    double apart =
                        hypot(hypot(a.at[0] - b.at[0], a.at[1] - b.at[1]), a.at[2] - b.at[2]);
                    if (apart < 20)
                        fail_msg("eye %zu: #%06x and #%06x are %.1f apart", eye, color[i], color[j],
                                 apart);
                }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_are_quartiles),
        cmocka_unit_test(theory_is_mean_field),
        cmocka_unit_test(page_shows_what_was_recorded),
        cmocka_unit_test(recorded_charts_stand_alone),
        cmocka_unit_test(panels_go_through_the_ranking),
        cmocka_unit_test(colors_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
