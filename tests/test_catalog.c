/* Schemes registered by a program: what is refused and why, and that what is accepted is known wherever names are
 * read. */
#include "cmocka_all.h"

#include "initlab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static il_status sign(il_init_job *job, il_real *W) {
    il_stream_uniform(&job->stream, job->n, W);
    for (size_t i = 0; i < job->n; i++)
        W[i] = (il_real)(W[i] < 0 ? -job->init->arg[0] : job->init->arg[0]);
    return IL_OK;
}

#define NUMBER(p)                                                                                  \
    { .name = p, .doc = "d", .initial = 1, .max = 2 }

static il_init_type good(void) {
    return (il_init_type){.desc = {.name = "my_sign",
                                   .aliases = "signs coin",
                                   .formula = "W = +-scale",
                                   .params = {NUMBER("scale")},
                                   .n_params = 1},
                          .family = "mine",
                          .weights = sign};
}

static il_catalog *catalog(void) {
    il_error err;
    il_catalog *made = NULL;
    assert_int_equal(il_catalog_new(&made, &err), IL_OK);
    return made;
}

static void refused(const il_init_type *type, const char *message) {
    il_error err;
    il_catalog *c = catalog();
    size_t before = il_catalog_inits(c)->n;
    assert_int_equal(il_init_register(c, type, &err), IL_INVALID);
    assert_string_equal(err.message, message);
    assert_int_equal(il_catalog_inits(c)->n, before);
    il_catalog_free(c);
}

#define NAME_RULE "use 1 to 48 of a-z, 0-9 and _, a letter first"

static void names(void **state) {
    (void)state;
    static const char *const malformed[] = {"",      "My_sign", "my-sign", "1sign",
                                            "_sign", "sign ",   "s\n",     "größe"};
    char ours[] = "my_sign";
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        il_error err;
        il_init_type type = good();
        il_catalog *c = catalog();
        type.desc.name = malformed[i];
        assert_int_equal(il_init_register(c, &type, &err), IL_INVALID);
        assert_non_null(strstr(err.message, "' is no name for a scheme: " NAME_RULE));
        il_catalog_free(c);
    }
    il_init_type type = good();
    type.desc.name = NULL;
    refused(&type, "a scheme without a name");
    type.desc.name = "a23456789_123456789_123456789_123456789_123456789";
    refused(&type,
            "'a23456789_123456789_123456789_123456789_...' is no name for a scheme: " NAME_RULE);
    type.desc.name = "he_normal";
    refused(&type, "the name 'he_normal' is taken by the scheme he_normal: choose another");
    type.desc.name = "kaiming_normal";
    refused(&type, "the name 'kaiming_normal' is taken by the scheme he_normal: choose another");
    type.desc.name = ours;
    type.desc.aliases = "coin glorot_normal";
    refused(&type, "the name 'glorot_normal' is taken by the scheme xavier_normal: choose another");
    type.desc.aliases = "coin Coin";
    refused(&type, "'Coin' is no name for a scheme: " NAME_RULE);
    type.desc.aliases = "coin my_sign";
    refused(&type, "my_sign: the alias 'my_sign' is given twice");
    type.desc.aliases = "coin flip coin";
    refused(&type, "my_sign: the alias 'coin' is given twice");
}

static void missing_parts(void **state) {
    (void)state;
    il_init_type type = good();
    type.weights = NULL;
    refused(&type, "my_sign has no weights function");
    type = good();
    type.desc.formula = NULL;
    refused(&type, "my_sign has no formula");
    type = good();
    type.family = NULL;
    refused(&type, "my_sign has no family, the heading in the catalogue");
    type = good();
    type.desc.n_params = 9;
    refused(&type, "my_sign has 9 parameters, more than 8");
}

static void refused_param(il_param first, const char *message) {
    il_init_type type = good();
    type.desc.params[0] = first;
    refused(&type, message);
}

static void parameters(void **state) {
    (void)state;
    double nan = (double)NAN;
    il_init_type type = good();
    type.desc.params[1] = (il_param)NUMBER("scale");
    type.desc.n_params = 2;
    refused(&type, "my_sign: parameter scale is declared twice");
    refused_param((il_param)NUMBER("a=b"), "my_sign: 'a=b' is no name for a parameter: " NAME_RULE);
    refused_param((il_param)NUMBER(NULL), "my_sign: '' is no name for a parameter: " NAME_RULE);
    refused_param((il_param){.name = "a", .max = 1}, "my_sign: parameter a has no doc");
    refused_param((il_param){.name = "a", .doc = "d"},
                  "my_sign: parameter a has no range: set min and max");
    refused_param((il_param){.name = "a", .doc = "d", .max = nan},
                  "my_sign: parameter a has no range: set min and max");
    refused_param((il_param){.name = "a", .doc = "d", .max = 1, .initial = 2},
                  "my_sign: parameter a has a default outside its own range");
    refused_param((il_param){.name = "a", .doc = "d", .max = 1, .above_min = true},
                  "my_sign: parameter a has a default outside its own range");
    refused_param((il_param){.name = "a", .doc = "d", .kind = IL_INTEGER, .max = 1, .initial = 0.5},
                  "my_sign: parameter a has a default outside its own range");
    refused_param((il_param){.name = "a", .doc = "d", .kind = IL_BOOL, .initial = 2},
                  "my_sign: parameter a has a default outside its own range");
    refused_param((il_param){.name = "a", .doc = "d", .kind = IL_CHOICE},
                  "my_sign: parameter a has no choices");
    refused_param(
        (il_param){.name = "a", .doc = "d", .kind = IL_CHOICE, .choices = "x|y", .initial = 2},
        "my_sign: parameter a has a default outside its own range");
    refused_param(
        (il_param){
            .name = "a", .doc = "d", .kind = IL_CHOICE, .choices = "x|abcdefghijklmnopqrstuvwxy"},
        "my_sign: parameter a has a choice longer than 24 bytes");
    refused_param((il_param){.name = "a", .doc = "d", .kind = IL_TEXT, .word = "a\tb"},
                  "my_sign: parameter a needs a default of at most 254 bytes of UTF-8 without "
                  "control characters");
    refused_param((il_param){.name = "a", .doc = "d", .kind = IL_TEXT, .automatic = true},
                  "my_sign: parameter a is text, which cannot be automatic");
    refused_param((il_param){.name = "a", .doc = "d", .kind = (il_kind)17},
                  "my_sign: parameter a has the unknown kind 17");
    refused_param((il_param){.name = "a", .doc = "d", .kind = IL_CALL},
                  "my_sign: parameter a needs a family and a default call");
    refused_param(
        (il_param){
            .name = "a", .doc = "d", .kind = IL_CALL, .family = &il_inits, .inner = "he_norml"},
        "my_sign: parameter a cannot have the default 'he_norml'");
    refused_param((il_param){.name = "a", .doc = "d", .max = 1, .initial = nan, .automatic = true},
                  "my_sign has an automatic parameter but no resolve function to replace it");
    type = good();
    type.desc.params[0] = type.desc.params[1] =
        (il_param){.name = "a", .doc = "d", .kind = IL_CALL, .family = &il_inits, .inner = "ones"};
    type.desc.params[1].name = "b";
    type.desc.n_params = 2;
    refused(&type, "my_sign: parameter b is a second call, but a scheme may have one only");
}

/* Built-in names stay, the new one and its aliases work, and no other catalogue knows them. */
static void known_where_registered(void **state) {
    (void)state;
    il_error err;
    il_call call;
    il_init_type mine = good();
    il_catalog *c = catalog();
    assert_int_equal(il_init_register(c, &mine, &err), IL_OK);
    assert_int_equal(il_init_register(c, &mine, &err), IL_INVALID);
    assert_string_equal(err.message,
                        "the name 'my_sign' is taken by the scheme my_sign: choose another");
    const il_family *inits = il_catalog_inits(c);
    assert_int_equal(inits->n, il_inits.n + 1);
    assert_int_equal(il_call_parse(inits, "kaiming_normal", NULL, &call, &err), IL_OK);
    assert_int_equal(il_call_parse(inits, "coin(0.5)", NULL, &call, &err), IL_OK);
    assert_ptr_equal(call.desc, &mine.desc);
    il_real W[12];
    il_init_layer layer = {.fan_in = 4, .fan_out = 3};
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_OK);
    for (size_t i = 0; i < 12; i++)
        assert_true(fabs((double)W[i]) == 0.5);
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_BIAS, W, &err), IL_INVALID);
    assert_int_equal(il_call_parse(&il_inits, "coin", NULL, &call, &err), IL_INVALID);
    il_catalog *other = catalog();
    assert_int_equal(il_call_parse(il_catalog_inits(other), "coin", NULL, &call, &err), IL_INVALID);
    il_catalog_free(other);
    il_catalog_free(c);
}

/* Inside another call too: the nested family of il_inits is the extended one. */
static void known_inside_calls(void **state) {
    (void)state;
    il_error err;
    il_call call;
    char text[IL_CALL_TEXT];
    il_init_type mine = good(), outer = good();
    outer.desc = (il_desc){
        .name = "halved",
        .formula = "W = base/2",
        .params =
            {{.name = "base", .doc = "d", .kind = IL_CALL, .family = &il_inits, .inner = "ones"}},
        .n_params = 1};
    il_catalog *c = catalog();
    assert_int_equal(il_init_register(c, &mine, &err), IL_OK);
    assert_int_equal(il_init_register(c, &outer, &err), IL_OK);
    assert_int_equal(
        il_call_parse(il_catalog_inits(c), "halved(base=coin(0.5))", NULL, &call, &err), IL_OK);
    assert_ptr_equal(call.inner, &mine.desc);
    assert_string_equal(il_call_format(&call, text), "halved(base=my_sign(scale=0.5))");
    il_catalog_free(c);
}

static void studies(void **state) {
    (void)state;
    static const char text[] = "data: xor\nnetwork: 2-4-1\nhidden: tanh\nseeds: 20\nbudget: 30\n"
                               "init: [he_normal, coin, coin(0.5)]\nbaseline: my_sign\n";
    il_error err;
    il_study *study = NULL;
    il_results *results = NULL;
    il_init_type mine = good();
    il_catalog *c = catalog();
    assert_int_equal(il_init_register(c, &mine, &err), IL_OK);
    const il_sources sources = {.inits = il_catalog_inits(c)};
    assert_int_equal(
        il_study_parse_with(&sources, text, sizeof text - 1, "t", NULL, 0, &study, &err), IL_OK);
    assert_int_equal(study->arms[0].baseline, 1);
    assert_ptr_equal(study->arms[2].init.desc, &mine.desc);
    il_catalog_free(c); /* the study holds the schemes, not the catalogue */
    assert_int_equal(il_study_run(study, &(il_run_options){.jobs = 1}, &results, &err), IL_OK);
    assert_int_equal(results->arms[1].runs, 20);
    il_results_free(results);
    il_study_free(study);
    assert_int_equal(il_study_parse(text, sizeof text - 1, "t", NULL, 0, &study, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "t:6:19: unknown init 'coin'"));
}

static void plugins(void **state) {
    (void)state;
    il_error err;
    il_init_type two[2] = {good(), good()};
    il_init_plugin plugin = {IL_INIT_ABI, sizeof(il_init_type), two, 2};
    il_catalog *c = catalog();
    char message[256];
    assert_int_equal(il_init_register_plugin(c, &plugin, &err), IL_INVALID);
    assert_string_equal(err.message,
                        "the name 'my_sign' is taken by the scheme my_sign: choose another");
    assert_int_equal(il_catalog_inits(c)->n, il_inits.n); /* nor is the first of them there */
    two[1].desc.name = "other";
    two[1].desc.aliases = NULL;
    plugin.abi++;
    assert_int_equal(il_init_register_plugin(c, &plugin, &err), IL_INVALID);
    snprintf(message, sizeof message,
             "made for plug-in interface %u, but this initlab has %u: compile it again with the "
             "headers of "
             "initlab %s",
             plugin.abi, (unsigned)IL_INIT_ABI, il_version());
    assert_string_equal(err.message, message);
    plugin.abi--;
    plugin.type_size -= 8;
    assert_int_equal(il_init_register_plugin(c, &plugin, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "compile it again"));
    plugin.type_size += 8;
    plugin.n = 0;
    assert_int_equal(il_init_register_plugin(c, &plugin, &err), IL_INVALID);
    assert_string_equal(err.message, "it holds no scheme");
    plugin.n = 2;
    assert_int_equal(il_init_register_plugin(c, &plugin, &err), IL_OK);
    assert_int_equal(il_catalog_inits(c)->n, il_inits.n + 2);
    il_catalog_free(c);
}

/* Mean 0, variance 1, total 1, by the midpoint rule: errors at the jumps are below a step. */
static void densities(void **state) {
    (void)state;
    double (*const density[])(double) = {il_density_normal, il_density_uniform,
                                         il_density_truncated};
    static const double kurtosis[] = {
        3, 1.8, 2.3656}; /* truncated: SciPy's truncnorm(-2, 2), excess -0.6344 */
    for (size_t d = 0; d < 3; d++) {
        double m[5] = {0}, step = 1e-4;
        for (double z = -10 + step / 2; z < 10; z += step) {
            double p = density[d](z) * step;
            for (int k = 0; k < 5; k++, p *= z)
                m[k] += p;
        }
        assert_true(fabs(m[0] - 1) < 1e-4 && fabs(m[1]) < 1e-4 && fabs(m[2] - 1) < 2e-4);
        assert_true(fabs(m[4] - kurtosis[d]) < 1e-3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(missing_parts),
        cmocka_unit_test(parameters),
        cmocka_unit_test(known_where_registered),
        cmocka_unit_test(known_inside_calls),
        cmocka_unit_test(studies),
        cmocka_unit_test(plugins),
        cmocka_unit_test(densities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
