/* Calls with text in a study's YAML: every way to write them arrives unharmed, and errors find their column. */
#include "cmocka_all.h"

#include "initlab/study.h"

#include <string.h>

static il_status weights(il_init_job *job, il_real *W) {
    for (size_t i = 0; i < job->n; i++)
        W[i] = 0;
    return IL_OK;
}

static const il_init_type load = {
    .desc = {.name = "load",
             .formula = "W from a file",
             .params = {{.name = "path", .doc = "a file", .kind = IL_TEXT},
                        {.name = "layers", .doc = "which", .kind = IL_TEXT, .word = "all"}},
             .n_params = 2},
    .family = "files",
    .weights = weights,
};

static il_status read_study(const char *text, const char *override, il_study **out, il_error *err) {
    il_catalog *catalog;
    assert_int_equal(il_catalog_new(&catalog, err), IL_OK);
    assert_int_equal(il_init_register(catalog, &load, err), IL_OK);
    const il_sources sources = {.inits = il_catalog_inits(catalog)};
    il_status status = il_study_parse_with(&sources, text, strlen(text), "x.yaml", &override,
                                           override != NULL, out, err);
    il_catalog_free(catalog);
    return status;
}

#define BASE "data: xor\nnetwork: 2-2-1\n"

/* The path and layers of the first arm, and how many arms there are. */
static void holds(const char *text, const char *override, const char *path, const char *layers,
                  size_t arms) {
    il_study *study = NULL;
    il_error err;
    if (read_study(text, override, &study, &err) != IL_OK)
        fail_msg("%s\n%s", text, err.message);
    assert_int_equal(study->n_arms, arms);
    assert_string_equal(il_call_string(&study->arms[0].init, 0), path);
    assert_string_equal(il_call_string(&study->arms[0].init, 1), layers);
    il_study_free(study);
}

static void arrive(void **state) {
    (void)state;
    static const char path[] = "my file.safetensors";
    holds(BASE "init: load(path=\"my file.safetensors\", layers=\"1-2\")\n", NULL, path, "1-2", 1);
    holds(BASE "init: 'load(path=\"my file.safetensors\", layers=\"1,2\")'\n", NULL, path, "1,2",
          1);
    holds(BASE "init: \"load(path=\\\"my file.safetensors\\\", layers=1-2)\"\n", NULL, path, "1-2",
          1);
    holds(BASE "init:\n  - load(path=\"my file.safetensors\", layers=\"1,2\")\n  - zeros\n", NULL,
          path, "1,2", 2);
    holds(BASE "init: ['load(\"my file.safetensors\", layers=\"1,2\")', zeros]\n", NULL, path,
          "1,2", 2);
    holds(BASE "init: [load(\"my file.safetensors\"), zeros, load(b)]\n", NULL, path, "all", 3);
    holds(BASE "init: [load(\"a(b\"), load(\"a)b\"), load(\"\\\"(\\\\\")]\n", NULL, "a(b", "all",
          3);
    holds(BASE "init: load(\"a\\\\b\\\"c\")\n", NULL, "a\\b\"c", "all", 1);
    holds(BASE "init: load(C:/a.bin)\n", NULL, "C:/a.bin", "all", 1);
    holds(BASE "init: load(\"\xC3\xA9 #1: x\")\n", "init='load(\"#1: x\")'", "#1: x", "all", 1);
    holds(BASE "init: zeros\n", "init=load(\"my file.safetensors\", layers=2)", path, "2", 1);
    holds(BASE "init: [load(a, 1), zeros]\n", "init=load(a)", "a", "all", 1);
}

/* A path that differs is another arm; the baseline is found by content. */
static void compared(void **state) {
    (void)state;
    il_study *study = NULL;
    il_error err;
    assert_int_equal(read_study(BASE "init: [load(a), load(b)]\nbaseline: load(path=\"b\")\n", NULL,
                                &study, &err),
                     IL_OK);
    assert_int_equal(study->arms[0].baseline, 1);
    char text[IL_WIDTHS_TEXT];
    assert_string_equal(il_arm_format(&study->arms[1], IL_KEY_INIT, text), "load(path=b)");
    il_study_free(study);
}

static void refused(const char *text, const char *message) {
    il_study *study = NULL;
    il_error err;
    assert_int_equal(read_study(text, NULL, &study, &err), IL_INVALID);
    assert_string_equal(err.message, message);
}

static void places(void **state) {
    (void)state;
    refused(BASE "init: load(path=\"my file\", layer=2)\n",
            "x.yaml:3:28: load: unknown parameter 'layer' (did you mean 'layers'?)");
    refused(BASE "init: 'load(path=\"my file\", layer=2)'\n",
            "x.yaml:3:29: load: unknown parameter 'layer' (did you mean 'layers'?)");
    refused(BASE "init: [zeros, 'load(\"\xC3\xA9\xC3\xA9\", layer=2)']\n",
            "x.yaml:3:27: load: unknown parameter 'layer' (did you mean 'layers'?)");
    /* YAML's own escapes: the column cannot be told. */
    refused(BASE "init: \"load(path=\\\"my file\\\", layer=2)\"\n",
            "x.yaml:3: load: unknown parameter 'layer' (did you mean 'layers'?)");
    /* YAML takes what follows " #" for a comment. */
    refused(BASE "init: load(path=\"a #1\")\n", "x.yaml:3:17: load: path=\"a has no closing quote");
    refused(BASE "init: [load(\"a, b\")]\n",
            "x.yaml:3:15: missing ')' in 'load(\"a' (inside [ ] quote a call that has commas)");
    refused(BASE "init: [load(\"a\", layers=2)]\n",
            "x.yaml:3:16: missing ')' in 'load(\"a\"' (inside [ ] quote a call that has commas)");
    refused(BASE "init: [load(a), load(path=\"a\")]\n",
            "x.yaml:3:17: init: load(path=a) is listed twice");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(arrive), cmocka_unit_test(compared),
                                       cmocka_unit_test(places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
