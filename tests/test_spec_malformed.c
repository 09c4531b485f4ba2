/* Studies from malformed text of all kinds, and from files that are none: each gives a study or one
 * line that names the place.
 */
#include "cmocka_all.h"

#include "initlab/study.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE "data: xor\nnetwork: 2-2-1\ninit: zeros\n"

static void assert_refused(const char *text, size_t size, const char *const *overrides, size_t n,
                           const char *message) {
    il_study *study = (il_study *)1;
    il_error err = {.message = ""};
    assert_int_equal(il_study_parse(text, size, "x.yaml", overrides, n, &study, &err), IL_INVALID);
    assert_int_equal(err.status, IL_INVALID);
    assert_string_equal(err.message, message);
    assert_null(study);
    assert_int_equal(il_study_parse(text, size, "x.yaml", overrides, n, &study, NULL), IL_INVALID);
}

static void assert_message(const char *text, const char *message) {
    assert_refused(text, strlen(text), NULL, 0, message);
}

static void yaml_refused(void **state) {
    (void)state;
    assert_message("data: &d xor\n",
                   "x.yaml:1:7: anchor &d: write the value out wherever it is used");
    assert_message("data: *d\n", "x.yaml:1:7: alias *d: write the value out");
    assert_message("init: &a [zeros]\n",
                   "x.yaml:1:7: anchor &a: write the value out wherever it is used");
    assert_message("&m {data: xor}\n",
                   "x.yaml:1:1: anchor &m: write the value out wherever it is used");
    assert_message("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
                   "x.yaml:1:4: anchor &a: write the value out wherever it is used");
    assert_message(
        "seeds: !!int 3\n",
        "x.yaml:1:8: tag tag:yaml.org,2002:int: write the value alone, the key types it");
    assert_message("init: !x [zeros]\n",
                   "x.yaml:1:7: tag !x: write the value alone, the key types it");
    assert_message("!x {data: xor}\n",
                   "x.yaml:1:1: tag !x: write the value alone, the key types it");
    assert_message(BASE "---\n" BASE, "x.yaml:4:1: a second document: put it in a file of its own");
    assert_message("data:\n\t- xor\n",
                   "x.yaml:2:1: found character that cannot start any token while "
                   "scanning for the next token: indent with spaces, not tabs");
    assert_message(
        "data: xor\nnetwork: [2-[4]x3-1]\n",
        "x.yaml:2:13: did not find expected ',' or ']' while parsing a flow sequence: close "
        "every bracket, and quote a value that has brackets of its own");
    assert_message("data: 'xor\n",
                   "x.yaml:2:1: found unexpected end of stream while scanning a quoted scalar");
    assert_message("a: [[[[[[[[[[x]]]]]]]]]]\n", "x.yaml:1:11: nested deeper than 8 levels");
    assert_message("a: [[[[[[[x]]]]]]]\n", "x.yaml:1:1: unknown key 'a' (known: data, split, "
                                           "scale, network, hidden, norm, dropout, loss, batch, "
                                           "optimizer, schedule, clip and 14 more)");
    assert_message("data: \"x\\0y\"\n", "x.yaml:1:7: text must not hold a zero byte");
    assert_message("data: x\xFFy\n", "x.yaml:1:8: byte 0xff does not belong in text (write UTF-8)");
    assert_message("\xC3\xA9: \xE2\x82\n",
                   "x.yaml:1:4: byte 0xe2 does not belong in text (write UTF-8)");
    assert_message("data: xor\nb\xE2\x82",
                   "x.yaml:2:2: byte 0xe2 does not belong in text (write UTF-8)");
    assert_refused("data: xor\n\0\n", 12, NULL, 0,
                   "x.yaml:2:1: byte 0x00 does not belong in text (write UTF-8)");
    assert_refused("\xFF\xFE"
                   "d\0a\0",
                   6, NULL, 0, "x.yaml:1:1: byte 0xff does not belong in text (write UTF-8)");
    assert_refused("\x7F"
                   "ELF\x02\x01",
                   6, NULL, 0, "x.yaml:1:1: byte 0x7f does not belong in text (write UTF-8)");
}

static void very_large(void **state) {
    (void)state;
    const size_t size = 1 << 20;
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, '#', size + 1);
    memcpy(text, BASE, strlen(BASE));
    il_study *study = NULL;
    il_error err;
    assert_int_equal(il_study_parse(text, size, "x", NULL, 0, &study, &err), IL_OK);
    il_study_free(study);
    assert_refused(text, size + 1, NULL, 0,
                   "x.yaml: 1048577 bytes is no study: at most 1048576 are accepted");
    // Each of these is quadratic, or overflows a stack, in a parser that is not careful.
    static const struct {
        const char *unit, *message;
    } cases[] = {
        {"[", "x.yaml:1:9: nested deeper than 8 levels"},
        {"{", "x.yaml:1:9: nested deeper than 8 levels"},
        {"- ", "x.yaml:1:17: nested deeper than 8 levels"},
        {"? ", "x.yaml:1:17: nested deeper than 8 levels"},
        {"a", "x.yaml:1:1: expected keys and values, such as data: xor"},
        {"- a\n", "x.yaml:1:1: expected keys and values, such as data: xor"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t unit = strlen(cases[i].unit);
        for (size_t k = 0; k + unit <= size; k += unit)
            memcpy(text + k, cases[i].unit, unit);
        assert_refused(text, size, NULL, 0, cases[i].message);
    }
    free(text);
}

static const char valid[] = "study: caf\xC3\xA9\n"
                            "data: [xor, and]\n"
                            "network:\n"
                            "  - 2-[8]x3-1\n"
                            "  - \"2-4-1\" # small\n"
                            "hidden: tanh\n"
                            "optimizer: adam(lr=1/20, beta1=0.9)\n"
                            "init: [zeros, 'uniform(-1, high=1)', he_normal]\n"
                            "bias: constant(0.5)\n"
                            "seeds: 32\n"
                            "budget: 5e2\n"
                            "converged: loss < 0.1 and accuracy == 1\n"
                            "baseline: he_normal\n"
                            "engine: auto\n";

// A study, or one line that begins with the file's name.
static bool survives(const char *text, size_t size) {
    il_study *study = NULL;
    il_error err = {.message = ""};
    il_status status = il_study_parse(text, size, "x.yaml", NULL, 0, &study, &err);
    if (status == IL_OK) {
        bool good = study && study->n_arms > 0 && study->n_arms <= IL_MAX_ARMS && study->seeds > 0;
        il_study_free(study);
        return good;
    }
    size_t length = strlen(err.message);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)err.message[i] < ' ')
            return false;
    return status == IL_INVALID && !study && length < sizeof err.message &&
           (strncmp(err.message, "x.yaml: ", 8) == 0 || strncmp(err.message, "x.yaml:", 7) == 0) &&
           strlen(strstr(err.message, ": ")) > 8;
}

static void truncations(void **state) {
    (void)state;
    for (size_t size = 0; size < sizeof valid; size++) {
        // Exactly as long as the text, so that a read past its end is seen.
        char *text = malloc(size + !size);
        assert_non_null(text);
        memcpy(text, valid, size);
        if (!survives(text, size))
            fail_msg("after %zu bytes", size);
        free(text);
    }
}

static void mutations(void **state) {
    (void)state;
    static const char nasty[] = "\0\t\n\r \"'[]{}():,;=-+.&*!|>%@`#?~/\\<0x\x7F\x80\xC3\xE2\xFF";
    char text[sizeof valid];
    for (size_t i = 0; i < sizeof valid - 1; i++)
        for (size_t k = 0; k < sizeof nasty - 1; k++) {
            memcpy(text, valid, sizeof valid);
            text[i] = nasty[k];
            if (!survives(text, sizeof valid - 1))
                fail_msg("byte %zu became 0x%02x", i, (unsigned)(unsigned char)nasty[k]);
        }
}

static void assert_unreadable(const char *path, il_status status, const char *message) {
    char expected[300];
    il_study *study = (il_study *)1;
    il_error err = {.message = ""};
    assert_int_equal(il_study_load(path, NULL, 0, &study, &err), status);
    assert_int_equal(err.status, status);
    snprintf(expected, sizeof expected, "%s: %s", path, message);
    assert_string_equal(err.message, expected);
    assert_null(study);
}

static void files(void **state) {
    (void)state;
    char folder[] = "/tmp/initlab-test-XXXXXX", path[100];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/own name.yaml", folder);
    assert_unreadable(path, IL_IO,
                      "cannot read the study: No such file or directory (check the path)");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(BASE, file) >= 0 && fclose(file) == 0);
    il_study *study = NULL;
    il_error err;
    const char *const override = "seeds=7";
    assert_int_equal(il_study_load(path, &override, 1, &study, &err), IL_OK);
    assert_string_equal(study->name, "own name");
    assert_int_equal(study->seeds, 7);
    il_study_free(study);
    if (geteuid() != 0) { // permissions do not bind root
        assert_int_equal(chmod(path, 0), 0);
        assert_unreadable(path, IL_IO,
                          "cannot read the study: Permission denied (check its permissions)");
    }
    assert_int_equal(truncate(path, 0), 0);
    assert_unreadable(path, IL_INVALID, "empty: a study needs data:, network: and init:");
    assert_int_equal(truncate(path, 2 << 20), 0);
    assert_unreadable(path, IL_INVALID, "2097152 bytes is no study: at most 1048576 are accepted");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_unreadable(path, IL_INVALID, "no ordinary file: name one that holds a study");
    assert_int_equal(unlink(path), 0);
    assert_unreadable(folder, IL_IO,
                      "cannot read the study: Is a directory (name a file that can be read)");
    assert_unreadable("/dev/null", IL_INVALID, "no ordinary file: name one that holds a study");
    assert_int_equal(rmdir(folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_refused), cmocka_unit_test(very_large), cmocka_unit_test(truncations),
        cmocka_unit_test(mutations),    cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
