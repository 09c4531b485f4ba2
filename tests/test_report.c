/* Reports of studies and results made by hand, so that every expected number is known. */
#include "call.h"

#include "report/report.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ARMS 12
#define SEEDS 8
#define BUDGET 100
#define NONE ((double)NAN)

typedef struct fixture {
    il_study study;
    il_results results;
    il_arm arms[MAX_ARMS];
    il_run runs[MAX_ARMS * SEEDS];
    il_summary summaries[MAX_ARMS];
} fixture;

static void start(fixture *f) {
    memset(f, 0, sizeof *f);
    f->study = (il_study){.name = "by hand", .seeds = SEEDS, .budget = BUDGET, .arms = f->arms};
    f->study.converged = (il_criterion){1, {{IL_LOSS, IL_LESS, 0.1}}};
    f->results = (il_results){.seeds = SEEDS, .runs = f->runs, .arms = f->summaries, .wall_s = 1.5};
}

/* Adds an arm whose runs converge at the given epochs; -1 is a censored run, -2 a diverged one. Its
 * comparison is with arm `baseline`, by the given numbers. */
static void add_arm(fixture *f, const char *init, const char *optimizer, const int epoch[SEEDS],
                    size_t baseline, double a12, double p) {
    size_t i = f->study.n_arms++;
    f->results.n_arms = f->study.n_arms;
    il_arm *arm = &f->arms[i];
    arm->data.data = parse_call(&il_datasets, "xor");
    arm->data.split = parse_call(&il_splits, "given");
    arm->data.scale = parse_call(&il_scalings, "auto");
    arm->hidden = parse_call(&il_activations, "relu");
    arm->norm = parse_call(&il_norms, "none");
    arm->dropout = parse_call(&il_dropouts, "none");
    arm->loss = parse_call(&il_losses, "bce");
    arm->batch = parse_call(&il_batches, "full");
    arm->schedule = parse_call(&il_schedules, "constant");
    arm->clip = parse_call(&il_clips, "none");
    arm->penalty = parse_call(&il_penalties, "none");
    arm->optimizer = parse_call(&il_optimizers, optimizer);
    arm->bias = parse_call(&il_inits, "zeros");
    arm->init = parse_call(&il_inits, init);
    arm->network = (il_widths){3, {2, 8, 1}};
    arm->engine = IL_LOCKSTEP;
    arm->baseline = baseline;
    f->study.varied[IL_KEY_INIT] = i > 0;

    il_summary *s = &f->summaries[i];
    *s = (il_summary){
        .runs = SEEDS, .median = NONE, .quartile = {NONE, NONE}, .a12 = a12, .p_value = p};
    for (size_t k = 0; k < SEEDS; k++) {
        il_run *run = &f->runs[i * SEEDS + k];
        *run = (il_run){.epoch = BUDGET, .outcome = IL_CENSORED, .loss = 0.7f, .accuracy = 0.5f};
        if (epoch[k] >= 0)
            *run = (il_run){(uint32_t)epoch[k], IL_CONVERGED, 0, 0.1f, 1};
        if (epoch[k] == -2)
            *run = (il_run){7, IL_DIVERGED, 2, (float)NAN, 0.25f};
        s->converged += epoch[k] >= 0;
        s->diverged += epoch[k] == -2;
        s->rmst += (epoch[k] >= 0 ? epoch[k] : BUDGET) / (double)SEEDS;
    }
    s->success = (double)s->converged / SEEDS;
    s->success_ci = (il_interval){s->success / 2, (1 + s->success) / 2};
    s->rmst_ci = (il_interval){s->rmst - 1, s->rmst + 1};
}

/* What a report wrote, between begin() and finish(). */
static char *written;
static size_t n_written;

static FILE *begin(void) {
    FILE *out = open_memstream(&written, &n_written);
    assert_non_null(out);
    return out;
}

static char *finish(FILE *out) {
    assert_int_equal(fclose(out), 0);
    return written;
}

static char *table(const fixture *f, size_t columns, bool color) {
    FILE *out = begin();
    il_table_style style = {columns, color};
    assert_int_equal(il_report_table(&f->study, &f->results, &style, out, NULL), IL_OK);
    return finish(out);
}

static const il_fingerprint fingerprint = {"1.2.3",      "gcc 12", "float", "avx2",
                                           "OpenBLAS 9", "Zen",    1};

static json_t *json(const fixture *f) {
    FILE *out = begin();
    assert_int_equal(il_report_json(&f->study, &f->results, &fingerprint, out, NULL), IL_OK);
    char *text = finish(out);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static char *csv(const fixture *f) {
    FILE *out = begin();
    assert_int_equal(il_report_csv(&f->study, &f->results, out, NULL), IL_OK);
    return finish(out);
}

/* Copies the first line of `text` that begins with `word`. */
static char *line(const char *text, const char *word) {
    size_t n = strlen(word);
    for (; text; text = strchr(text, '\n'), text += text != NULL)
        if (strncmp(text, word, n) == 0)
            return strndup(text, strcspn(text, "\n"));
    fail_msg("no line begins with '%s'", word);
    return NULL;
}

/* Joins wrapped lines, so that sentences can be searched. */
static char *unwrap(char *text) {
    for (char *c = text; (c = strchr(c, '\n'));)
        *c = ' ';
    return text;
}

static void assert_says(char *text, const char *sentence) {
    if (!strstr(unwrap(text), sentence))
        fail_msg("missing: %s\nin: %s", sentence, text);
}

static void assert_silent(char *text, const char *sentence) {
    if (strstr(unwrap(text), sentence))
        fail_msg("unexpected: %s\nin: %s", sentence, text);
}

static const int early[SEEDS] = {1, 1, 1, 1, 50, 99, 99, -1};
static const int late[SEEDS] = {60, 61, 62, 63, 64, 90, 99, -1};
static const int slow[SEEDS] = {80, 81, 82, 83, 84, 99, 99, -1};
static const int never[SEEDS] = {-1, -1, -1, -1, -1, -1, -1, -1};
static const int explode[SEEDS] = {-2, -2, -2, -2, -2, -2, -2, -2};
static const int partly[SEEDS] = {90, 95, 97, -1, -1, -1, -2, -2};

static size_t width_before(const char *row, const char *mark) {
    size_t n = 0;
    const char *end = strstr(row, mark);
    assert_non_null(end);
    for (; row < end; row++)
        n += ((unsigned char)*row & 0xC0) != 0x80;
    return n;
}

static void test_rows_are_sorted_and_aligned(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "zeros", "sgd(lr=1)", never, 2, 0.1, 0.008);
    add_arm(&f, "xavier_normal", "sgd(lr=1)", never, 2, 0.1, 0.008);
    add_arm(&f, "he_normal", "sgd(lr=1)", early, 2, NONE, NONE);
    add_arm(&f, "constant(0.5)", "sgd(lr=1)", late, 2, 0.2, 0.5);
    char *text = table(&f, 100, false);
    const char *at[] = {strstr(text, "\nhe_normal "), strstr(text, "\nconstant(0.5) "),
                        strstr(text, "\nzeros "), strstr(text, "\nxavier_normal ")};
    for (size_t i = 0; i < 4; i++)
        assert_non_null(at[i]);
    for (size_t i = 1; i < 4; i++)
        assert_true(at[i - 1] < at[i]); /* equal RMST: the study's order */
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(width_before(at[i] + 1, "│"), width_before(at[0] + 1, "│"));
    assert_non_null(strstr(at[0], "87.5 %"));
    assert_non_null(strstr(at[0], "44.0")); /* RMST = (4 + 50 + 198 + 100) / 8 */
    assert_non_null(strstr(at[1], "20.0 %  0.500"));
    free(text);
}

static void test_fits_the_terminal(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "he_normal", "adam", early, 0, NONE, NONE);
    add_arm(&f, "normal(std=0.01)", "adam", partly, 0, 0.1, 0.0001);
    for (size_t columns = 80; columns <= 120; columns += 20) {
        char *text = table(&f, columns, false);
        for (const char *s = text; *s; s += strcspn(s, "\n") + 1) {
            char *row = strndup(s, strcspn(s, "\n"));
            size_t n = 0;
            for (const char *c = row; *c; c++)
                n += ((unsigned char)*c & 0xC0) != 0x80;
            assert_true(n <= columns);
            free(row);
        }
        free(text);
    }
}

/* Characters of a row from the first column that holds a bar to the one before the mark. */
static size_t histogram(const char *row, char glyph[64][4]) {
    const char *head = "  44.0  ", *s = strstr(row, head);
    size_t n = 0;
    assert_non_null(s);
    for (s += strlen(head); strncmp(s, "│", strlen("│")) != 0; n++) {
        size_t bytes = (unsigned char)*s < 0x80 ? 1 : 3;
        snprintf(glyph[n], 4, "%.*s", (int)bytes, s);
        s += bytes;
    }
    snprintf(glyph[n], 4, "%.3s", s + strlen("│"));
    return n;
}

static void test_histogram(void **state) {
    (void)state;
    fixture f;
    char glyph[64][4];
    start(&f);
    add_arm(&f, "he_normal", "adam", early, 0, NONE, NONE);
    char *text = table(&f, 100, false), *row = line(text, "he_normal");
    size_t n = histogram(row, glyph);
    assert_in_range(n, 12, 32);
    for (size_t i = 0; i < n; i++) /* 4, 1 and 2 runs, the tallest bin being 8 eighths high */
        assert_string_equal(glyph[i], i == 0              ? "█"
                                      : i == 50 * n / 100 ? "▂"
                                      : i == n - 1        ? "▄"
                                                          : " ");
    assert_string_equal(glyph[n], "▁"); /* one of eight never converged */
    free(row);
    free(text);

    static const int uneven[SEEDS] = {1, 1, 1, 50, 99, 99, -1, -1};
    start(&f);
    add_arm(&f, "he_normal", "adam", uneven, 0, NONE, NONE);
    f.summaries[0].rmst = 44;
    text = table(&f, 100, false);
    row = line(text, "he_normal");
    n = histogram(row, glyph);
    assert_string_equal(glyph[50 * n / 100], "▃"); /* a third, rounded up */
    assert_string_equal(glyph[n - 1], "▆");
    free(row);
    free(text);
}

static void test_verdict_of_a_clear_winner(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "he_normal", "adam", slow, 0, NONE, NONE);
    add_arm(&f, "lecun_normal", "adam", early, 0, 0.9, 0.03);
    add_arm(&f, "zeros", "adam", never, 0, 0.1, 0.04);
    for (size_t k = 0; k < SEEDS; k++) /* all eight differences one way: p near 2/256 */
        f.runs[SEEDS + k] = (il_run){1, IL_CONVERGED, 0, 0, 1};
    char *text = table(&f, 100, false);
    assert_says(text,
                "lecun_normal is fastest: its RMST, 44.0 epochs, is below that of every other "
                "arm; the closest call is he_normal, 88.5 (p = 0.0");
    assert_says(text,
                "Of 2 comparisons with the baseline he_normal, 1 needs fewer epochs, 1 more, and 0 "
                "cannot be told apart (p > 0.05).");
    /* Wilson's upper end for 0 of 8: z^2 / (8 + z^2), z = 1.96: 0.3244 */
    assert_says(text, "zeros never converged (0 of 8: success below 50 % at 95 % confidence).");
    assert_silent(text, "no arm is shown to be fastest");
    assert_silent(text, "diverged");
    free(text);
}

static void test_verdict_of_a_draw(void **state) {
    (void)state;
    fixture f;
    start(&f);
    /* The differences are 98, 2, -89 and zeros: of 8 sign patterns, 6 are as extreme. */
    static const int other[SEEDS] = {99, 1, 1, 1, 52, 10, 99, -1};
    add_arm(&f, "he_normal", "adam", early, 0, NONE, NONE);
    add_arm(&f, "he_uniform", "adam", other, 0, 0.5, 0.9);
    char *text = table(&f, 100, false);
    assert_says(text,
                "he_normal has the lowest RMST, 44.0 epochs, but no arm is shown to be fastest: "
                "he_uniform, 45.4, cannot be told from it (p = ");
    assert_silent(text, "is fastest:");
    free(text);
}

/* Common draws can separate the first two (every run one epoch apart) and not the third. */
static void test_the_runner_up_is_not_the_only_rival(void **state) {
    (void)state;
    fixture f;
    start(&f);
    static const int best[SEEDS] = {10, 20, 30, 40, 50, 60, 70, 80},
                     second[SEEDS] = {11, 21, 31, 41, 51, 61, 71, 81},
                     third[SEEDS] = {80, 70, 60, 50, 40, 40, 20, 19};
    add_arm(&f, "he_normal", "adam", best, SIZE_MAX, NONE, NONE);
    add_arm(&f, "xavier_normal", "adam", second, SIZE_MAX, NONE, NONE);
    char *text = table(&f, 100, false);
    assert_says(text,
                "he_normal is fastest: its RMST, 45.0 epochs, is below that of every other arm; "
                "the closest call is xavier_normal, 46.0 (p = 0.0");
    free(text);
    add_arm(&f, "lecun_normal", "adam", third, SIZE_MAX, NONE, NONE);
    text = table(&f, 100, false);
    assert_says(text,
                "no arm is shown to be fastest: lecun_normal, 47.4, cannot be told from it (p = ");
    free(text);
}

/* The best was chosen by looking, so p counts once for every other arm. Seen from the second arm,
 * six runs are 10 epochs later and two 1 earlier: 8 of 256 sign patterns are as extreme, p = 0.031.
 */
/* The p-value beside a name is that arm's own: the third arm's is the largest of those below 0.05. */
static void test_the_closest_call_is_named(void **state) {
    (void)state;
    fixture f;
    start(&f);
    static const int best[SEEDS] = {10, 20, 30, 40, 50, 60, 70, 80},
                     second[SEEDS] = {11, 21, 31, 41, 51, 61, 71, 81},
                     third[SEEDS] = {9, 30, 40, 50, 60, 70, 80, 90};
    add_arm(&f, "he_normal", "adam", best, SIZE_MAX, NONE, NONE);
    add_arm(&f, "xavier_normal", "adam", second, SIZE_MAX, NONE, NONE);
    add_arm(&f, "lecun_normal", "adam", third, SIZE_MAX, NONE, NONE);
    char *text = table(&f, 100, false);
    /* 2 (4/256) with Monte-Carlo error, against 2 (2/256) of the runner-up */
    assert_says(text, "the closest call is lecun_normal, 53.6 (p = 0.03");
    free(text);
}

static void test_p_is_adjusted_for_choosing_the_best(void **state) {
    (void)state;
    fixture f;
    start(&f);
    static const int best[SEEDS] = {10, 20, 30, 40, 50, 60, 70, 80},
                     second[SEEDS] = {20, 30, 40, 50, 60, 70, 69, 79};
    add_arm(&f, "he_normal", "adam", best, SIZE_MAX, NONE, NONE);
    add_arm(&f, "xavier_normal", "adam", second, SIZE_MAX, NONE, NONE);
    char *text = table(&f, 100, false);
    assert_says(text, "he_normal is fastest");
    free(text);
    add_arm(&f, "zeros", "adam", never, SIZE_MAX, NONE, NONE);
    text = table(&f, 100, false);
    assert_says(
        text,
        "no arm is shown to be fastest: xavier_normal, 52.2, cannot be told from it (p = 0.06");
    free(text);
}

static void test_verdict_without_success(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "zeros", "adam", never, SIZE_MAX, NONE, NONE);
    add_arm(&f, "ones", "adam", never, SIZE_MAX, NONE, NONE);
    char *text = table(&f, 100, false);
    assert_says(text, "No run converged within 100 epochs, so nothing here can be ranked.");
    assert_silent(text, "baseline");
    assert_silent(text, "fastest");
    assert_silent(text, "nan");
    free(text);

    start(&f);
    add_arm(&f, "normal(std=1000)", "adam", explode, 0, NONE, NONE);
    add_arm(&f, "zeros", "adam", never, 0, 0.5, 1);
    text = table(&f, 100, false);
    char *row = line(text, "normal(std=1000)");
    assert_non_null(strstr(row, "│ █")); /* none censored, all diverged */
    free(row);
    assert_says(text, "No run converged within 100 epochs");
    assert_says(text, "8 of 16 runs diverged, all under normal(std=1000).");
    free(text);
}

static void test_verdict_of_one_arm(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "he_normal", "adam", early, SIZE_MAX, NONE, NONE);
    char *text = table(&f, 100, false);
    assert_says(text,
                "he_normal converged in 7 of 8 runs (95 % confidence: 43.8 to 93.8 %), after 44.0 "
                "epochs on average when a run that did not counts 100.");
    assert_silent(text, "runner-up");
    free(text);
}

static void test_few_seeds_are_confessed(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "he_normal", "adam", early, SIZE_MAX, NONE, NONE);
    add_arm(&f, "he_uniform", "adam", late, SIZE_MAX, NONE, NONE);
    char *text = table(&f, 100, false);
    assert_silent(text, "ask for at least");
    free(text);
    f.study.seeds = f.results.seeds = 4;
    text = table(&f, 100, false);
    assert_says(text, "With 4 seeds no arm can be shown to be fastest: ask for at least 6.");
    free(text);
}

static void test_many_factors(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "zeros", "sgd(lr=1)", never, 1, 0.1, 0.01);
    add_arm(&f, "he_normal", "sgd(lr=1)", late, 1, NONE, NONE);
    add_arm(&f, "zeros", "adam", never, 3, 0.1, 0.01);
    add_arm(&f, "he_normal", "adam", early, 3, NONE, NONE);
    f.study.varied[IL_KEY_OPTIMIZER] = true;
    char *text = table(&f, 100, false);
    char *head = line(text, "init ");
    assert_non_null(strstr(head, "optimizer"));
    free(head);
    size_t baselines = 0;
    for (const char *s = text; (s = strstr(s, "  baseline")); s++)
        baselines++;
    assert_int_equal(baselines, 2);
    assert_says(text, "he_normal / adam");
    assert_says(text, "zeros / sgd(lr=1) and zeros / adam never converged (0 of 8 each:");
    assert_says(text, "Of 2 comparisons with the baseline he_normal, 0 need fewer epochs, 2 more");
    free(text);
}

static void test_color_changes_nothing_else(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "he_normal", "adam", early, 0, NONE, NONE);
    add_arm(&f, "zeros", "adam", partly, 0, 0.1, 0.01);
    char *plain = table(&f, 100, false), *color = table(&f, 100, true), *to = color;
    assert_null(strchr(plain, '\033'));
    assert_non_null(strchr(color, '\033'));
    for (const char *s = color; *s; s++)
        if (*s == '\033')
            s += strcspn(s, "m");
        else
            *to++ = *s;
    *to = '\0';
    assert_string_equal(color, plain);
    free(plain);
    free(color);
}

static void test_name_cannot_steer_the_terminal(void **state) {
    (void)state;
    fixture f;
    start(&f);
    strcpy(f.study.name, "a\033[2Jb\xC2\x9B"
                         "c\u00e9");
    add_arm(&f, "he_normal", "adam", early, 0, NONE, NONE);
    char *text = table(&f, 100, false);
    assert_non_null(strstr(text, "a?[2Jb?c\u00e9:"));
    free(text);
}

static double real(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static const char *string(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    assert_non_null(value);
    return value;
}

static void test_json(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "kaiming_normal", "adam(lr=1e-2)", early, 0, NONE, NONE);
    add_arm(&f, "zeros", "sgd(lr=1)", partly, 0, 0.125, 0.03);
    f.summaries[0].median = 1;
    f.summaries[0].quartile[0] = 1;
    f.study.varied[IL_KEY_OPTIMIZER] = true;
    f.arms[1].engine = IL_BLAS;
    f.summaries[1].failed = 2;
    json_t *root = json(&f);
    assert_int_equal(json_object_size(root), 8);
    assert_int_equal((int)real(root, "seeds"), SEEDS);
    assert_true(json_is_null(json_object_get(root, "auto")));
    assert_int_equal((int)real(root, "schema"), 1);
    assert_string_equal(string(root, "study"), "by hand");
    assert_int_equal((int)real(root, "budget"), BUDGET);
    assert_float_equal(real(root, "wall_s"), 1.5, 0);

    const json_t *print = json_object_get(root, "fingerprint");
    assert_string_equal(string(print, "version"), "1.2.3");
    assert_string_equal(string(print, "openblas"), "OpenBLAS 9");
    assert_string_equal(string(print, "core_type"), "Zen");
    assert_int_equal((int)real(print, "threads"), 1);
    assert_string_equal(string(print, "compiler"), "gcc 12");
    assert_string_equal(string(print, "real"), "float");
    assert_string_equal(string(print, "kernels"), "avx2");
    assert_int_equal(json_array_size(json_object_get(print, "engines")), 2);

    const json_t *arms = json_object_get(root, "arms"), *a = json_array_get(arms, 0),
                 *b = json_array_get(arms, 1);
    assert_int_equal(json_array_size(arms), 2);
    assert_int_equal(json_object_size(a), 19);
    assert_int_equal((int)real(a, "failed"), 0);
    assert_int_equal((int)real(b, "failed"), 2);
    assert_true(json_is_null(json_object_get(a, "alarms")));
    assert_string_equal(string(a, "init"), "he_normal");
    assert_string_equal(string(a, "bias"), "zeros");
    assert_string_equal(string(a, "hidden"), "relu");
    assert_string_equal(string(a, "network"), "2-8-1");
    assert_string_equal(string(a, "engine"), "lockstep");
    assert_string_equal(string(b, "engine"), "blas");
    assert_string_equal(string(b, "optimizer"), "sgd(lr=1)");
    assert_int_equal((int)real(a, "runs"), 8);
    assert_int_equal((int)real(a, "converged"), 7);
    assert_int_equal((int)real(b, "diverged"), 2);
    assert_float_equal(real(a, "success"), 0.875, 0);
    assert_float_equal(json_number_value(json_array_get(json_object_get(a, "success_ci"), 0)),
                       0.4375, 0);
    assert_float_equal(json_number_value(json_array_get(json_object_get(a, "success_ci"), 1)),
                       0.9375, 0);
    assert_float_equal(real(a, "rmst"), 44, 1e-12);
    assert_float_equal(json_number_value(json_array_get(json_object_get(a, "rmst_ci"), 1)), 45,
                       1e-12);
    assert_int_equal((int)real(a, "median_epoch"), 1);
    assert_true(json_is_null(json_object_get(a, "quartiles"))); /* there is no upper one */
    assert_true(json_is_null(json_object_get(a, "a12")));
    assert_true(json_is_null(json_object_get(a, "p_value")));
    assert_true(json_is_null(json_object_get(b, "median_epoch")));
    assert_true(json_is_null(json_object_get(b, "quartiles")));
    assert_float_equal(real(b, "a12"), 0.125, 0);
    assert_float_equal(real(b, "p_value"), 0.03, 0);
    json_decref(root);

    f.study.varied[IL_KEY_DATA] = f.study.varied[IL_KEY_LOSS] = true;
    root = json(&f);
    a = json_array_get(json_object_get(root, "arms"), 0);
    assert_string_equal(string(a, "data"), "xor");
    assert_string_equal(string(a, "loss"), "bce");
    json_decref(root);
}

static void test_csv(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "uniform(low=-1, high=1)", "adam", early, 0, NONE, NONE);
    add_arm(&f, "zeros", "adam", partly, 0, NONE, NONE);
    float third = 1.0f / 3;
    f.runs[1].loss = third;
    char *text = csv(&f), init[IL_WIDTHS_TEXT], row[IL_WIDTHS_TEXT + 256];
    il_arm_format(&f.arms[0], IL_KEY_INIT, init);
    assert_non_null(strchr(init, ',')); /* else the next line would not test quoting */
    assert_ptr_equal(
        strstr(text, "data,split,scale,network,hidden,norm,dropout,loss,batch,optimizer,schedule,"
                     "clip,penalty,bias,init,engine,seed,outcome,epoch,T,loss,"
                     "accuracy,layer\n"),
        text);
    snprintf(row, sizeof row,
             "\nxor,given,auto,2-8-1,relu,none,none,bce,full,adam,constant,none,none,zeros,\"%s\","
             "lockstep,1,"
             "converged,1,1,0.1,1,\n",
             init);
    assert_non_null(strstr(text, row));
    assert_non_null(strstr(text, ",lockstep,8,censored,100,100,0.7,0.5,\n"));
    assert_non_null(strstr(text, ",zeros,lockstep,8,diverged,7,100,nan,0.25,2\n"));
    assert_non_null(strstr(text, ",2,converged,1,1,0.33333334,1,\n")); /* 1/3 in float */
    size_t lines = 0;
    for (const char *s = text; (s = strchr(s, '\n')); s++)
        lines++;
    assert_int_equal(lines, 1 + 2 * SEEDS);
    assert_null(strchr(text, '\r'));
    free(text);
}

static void test_a_full_disk_is_reported(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "he_normal", "adam", early, 0, NONE, NONE);
    il_table_style style = {100, false};
    for (int format = 0; format < 3; format++) {
        il_error err = {0};
        FILE *out = fopen("/dev/full", "w");
        if (!out)
            skip();
        setvbuf(out, NULL, _IONBF, 0);
        il_status status = format == 0 ? il_report_table(&f.study, &f.results, &style, out, &err)
                           : format == 1
                               ? il_report_csv(&f.study, &f.results, out, &err)
                               : il_report_json(&f.study, &f.results, &fingerprint, out, &err);
        assert_int_equal(status, IL_IO);
        assert_true(err.message[0] != '\0');
        fclose(out);
    }
}

static size_t until_failure;

/* Refuses one allocation, and grants those after it: nobody may go on as if nothing had happened. */
static void *scarce(size_t size) {
    return until_failure-- == 0 ? NULL : malloc(size);
}

/* Each allocation fails once; nothing is written before all have succeeded. */
static void test_json_without_memory(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add_arm(&f, "he_normal", "adam", early, 0, NONE, NONE);
    for (size_t i = 1; i < MAX_ARMS; i++)
        add_arm(&f, "zeros", "adam", partly, 0, 0.1, 0.01);
    json_set_alloc_funcs(scarce, free);
    il_status status = IL_NO_MEMORY;
    size_t n = 0;
    for (; status != IL_OK && n < 10000; n++) {
        FILE *out = begin();
        until_failure = n;
        status = il_report_json(&f.study, &f.results, &fingerprint, out, NULL);
        free(finish(out));
        if (status != IL_OK) {
            assert_int_equal(status, IL_NO_MEMORY);
            assert_int_equal(n_written, 0);
        }
    }
    json_set_alloc_funcs(malloc, free);
    assert_int_equal(status, IL_OK);
    assert_true(n > 50 * MAX_ARMS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_sorted_and_aligned),
        cmocka_unit_test(test_fits_the_terminal),
        cmocka_unit_test(test_histogram),
        cmocka_unit_test(test_verdict_of_a_clear_winner),
        cmocka_unit_test(test_verdict_of_a_draw),
        cmocka_unit_test(test_the_runner_up_is_not_the_only_rival),
        cmocka_unit_test(test_the_closest_call_is_named),
        cmocka_unit_test(test_p_is_adjusted_for_choosing_the_best),
        cmocka_unit_test(test_verdict_without_success),
        cmocka_unit_test(test_verdict_of_one_arm),
        cmocka_unit_test(test_few_seeds_are_confessed),
        cmocka_unit_test(test_many_factors),
        cmocka_unit_test(test_color_changes_nothing_else),
        cmocka_unit_test(test_name_cannot_steer_the_terminal),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_a_full_disk_is_reported),
        cmocka_unit_test(test_json_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
