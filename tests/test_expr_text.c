/* Text as a value of call notation: paths and the like, in quotes or without. */
#include "texts.h"

#include "initlab/rng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void assert_message(const char *text, const char *message) {
    const il_place place = {"f", 3, 10};
    il_call call;
    il_error err = {.message = ""};
    assert_int_equal(il_call_parse(&things, text, &place, &call, &err), IL_INVALID);
    assert_string_equal(err.message, message);
    assert_int_equal(il_call_parse(&things, text, &place, &call, NULL), IL_INVALID);
}

static void canonical_spelling(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"load(a.bin)", "load(a.bin)"},
        {"load( path = \"a.bin\" )", "load(a.bin)"},
        {"load(\"a.bin\", \"all\", \"\")", "load(a.bin)"},
        /* The parameter's kind decides, not what the text looks like. */
        {"load(1e3)", "load(1e3)"},
        {"load(007, layers=1-3, prefix=auto)", "load(007, layers=1-3, prefix=auto)"},
        {"load(true, 2)", "load(true, layers=2)"},
        {"load(C:/x~1/50%_@home+y-z.bin)", "load(C:/x~1/50%_@home+y-z.bin)"},
        {"load(../a/B-9)", "load(../a/B-9)"},
        /* What needs quotes gets them, and nothing else. */
        {"load(\"my file\")", "load(\"my file\")"},
        {"load(path=\"a,b\", layers=\"1,3\")", "load(\"a,b\", layers=\"1,3\")"},
        {"load(\"(=)\")", "load(\"(=)\")"},
        {"load(\"say \\\"hi\\\" C:\\\\x\")", "load(\"say \\\"hi\\\" C:\\\\x\")"},
        {"load(\"\\\\\")", "load(\"\\\\\")"},
        {"load(\"  b  \")", "load(\"  b  \")"},
        {"load(\"\xC3\xA9t\xC3\xA9\xF0\x9F\x98\x80\")",
         "load(\"\xC3\xA9t\xC3\xA9\xF0\x9F\x98\x80\")"},
        {"load(prefix=\"x y\", path=z, scale=2, strict=true, order=oi)",
         "load(z, prefix=\"x y\", scale=2, strict=true, order=oi)"},
        {"hold", "hold"},
        {"hold(none, load(\"default.bin\"))", "hold"},
        {"hold(base=load(\"a)b,c(\", layers=\"1,2\"), note=\"x=y\", tol=0.5)",
         "hold(note=\"x=y\", base=load(\"a)b,c(\", layers=\"1,2\"), tol=0.5)"},
        {"hold(base=plain, note=x)", "hold(note=x, base=plain)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[IL_CALL_TEXT];
        il_call call = parse(cases[i][0]), again;
        assert_string_equal(il_call_format(&call, text), cases[i][1]);
        again = parse(text);
        assert_true(il_call_equal(&call, &again));
    }
}

static void strings(void **state) {
    (void)state;
    il_call call = parse("load(prefix=\"a \\\"b\\\\\", path=x.bin)"), inner;
    assert_string_equal(il_call_string(&call, 0), "x.bin");
    assert_string_equal(il_call_string(&call, 1), "all");
    assert_string_equal(il_call_string(&call, 2), "a \"b\\");
    assert_true(call.arg[3] == 1);
    call = parse("load(x)");
    assert_string_equal(il_call_string(&call, 2), "");
    call = parse("hold(n, base=load(p, layers=2), tol=1)");
    inner = il_call_inner(&call);
    assert_string_equal(il_call_string(&call, 0), "n");
    assert_string_equal(il_call_string(&inner, 0), "p");
    assert_string_equal(il_call_string(&inner, 1), "2");
    call = parse("hold(n)");
    inner = il_call_inner(&call);
    assert_ptr_equal(inner.desc, &load);
    assert_string_equal(il_call_string(&inner, 0), "default.bin");
    /* A call that was made by hand has empty texts. */
    call = (il_call){.desc = &load};
    assert_string_equal(il_call_string(&call, 0), "");
    call.arg[0] = (double)NAN;
    assert_string_equal(il_call_string(&call, 0), "");
    call.arg[0] = IL_CALL_CHARS;
    assert_string_equal(il_call_string(&call, 0), "");
}

static void equality(void **state) {
    (void)state;
    static const char *const same[][2] = {
        {"load(a, layers=b)", "load(layers=b, path=a)"},
        {"load(a, layers=all)", "load(\"a\")"},
        {"hold(x, base=load(y, prefix=z))", "hold(base=load(prefix=z, path=y), note=x)"},
    };
    static const char *const different[][2] = {
        {"load(a)", "load(b)"},
        {"load(a, layers=b)", "load(b, layers=a)"},
        {"load(a)", "load(a, prefix=a)"},
        {"load(a)", "load(a, scale=2)"},
        {"load(a)", "plain"},
        {"hold(x, base=load(y))", "hold(y, base=load(x))"},
        {"hold(x, base=load(y))", "hold(x, base=load(z))"},
        {"hold(x, base=load(y))", "hold(x, base=load(y, scale=2))"},
        {"hold(x, base=load(y))", "hold(x, base=plain)"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        il_call a = parse(same[i][0]), b = parse(same[i][1]);
        assert_true(il_call_equal(&a, &b) && il_call_equal(&b, &a));
    }
    for (size_t i = 0; i < sizeof different / sizeof *different; i++) {
        il_call a = parse(different[i][0]), b = parse(different[i][1]);
        assert_false(il_call_equal(&a, &b) || il_call_equal(&b, &a));
    }
    il_call none = {0}, also = {0};
    assert_true(il_call_equal(&none, &also));
}

static void messages(void **state) {
    (void)state;
    assert_message("load", "f:3:10: load: path= must be given (a file)");
    assert_message("load(layers=2)", "f:3:10: load: path= must be given (a file)");
    assert_message("load(\"\")", "f:3:15: load: path=\"\" must not be empty (a file)");
    assert_message("load(x, layers=\"\")", "f:3:25: load: layers=\"\" must not be empty (which)");
    assert_message("load(path=)", "f:3:20: load: path= has no value");
    assert_message("load(path= , x)", "f:3:21: load: path= has no value");
    assert_message("load(\"abc)", "f:3:15: load: path=\"abc) has no closing quote");
    assert_message("load(path=\"", "f:3:20: load: path=\" has no closing quote");
    assert_message("load(path=\"a\\", "f:3:20: load: path=\"a\\ has no closing quote");
    assert_message("load(path=\"a\\\")", "f:3:20: load: path=\"a\\\") has no closing quote");
    assert_message("load(\"a\\\\b\\n\")", "f:3:20: load: path=: in quotes write \\\\ for a "
                                          "backslash, and \\\" for a quote");
    assert_message("load(\"a\tb\")",
                   "f:3:17: load: path= holds byte 0x09: text is UTF-8 without control characters");
    assert_message("load(a\x7F)",
                   "f:3:16: load: path= holds byte 0x7f: text is UTF-8 without control characters");
    assert_message("load(\"a\x1F\")",
                   "f:3:17: load: path= holds byte 0x1f: text is UTF-8 without control characters");
    assert_message("load(\"\xC3\xA9\xC3(\")",
                   "f:3:17: load: path= holds byte 0xc3: text is UTF-8 without control characters");
    assert_message("load(\"\xED\xA0\x80\")",
                   "f:3:16: load: path= holds byte 0xed: text is UTF-8 without control characters");
    assert_message("load(\"\xC2\x85\")",
                   "f:3:16: load: path= holds byte 0xc2: text is UTF-8 without control characters");
    assert_message("load(path=my file)",
                   "f:3:22: load: path=my file must stand in double quotes, as it holds more than "
                   "letters, digits and _./+@%~:-");
    assert_message("load(path=a=b)",
                   "f:3:21: load: path=a=b must stand in double quotes, as it holds more than "
                   "letters, digits and _./+@%~:-");
    assert_message("load(path=a\"b\")",
                   "f:3:21: load: path=a\"b\" must stand in double quotes, as it holds more than "
                   "letters, digits and _./+@%~:-");
    assert_message("load(\xC3\xA9)",
                   "f:3:15: load: path=\xC3\xA9 must stand in double quotes, as it holds more than "
                   "letters, digits and _./+@%~:-");
    assert_message("load(x, layers=1,3)",
                   "f:3:27: load: '3' needs its parameter's name, as it follows a named one "
                   "(text that has commas stands in double quotes)");
    assert_message("load(\"a\" \"b\")", "f:3:19: load: unexpected '\"b\"'");
    assert_message("load(\"a\"b)", "f:3:18: load: unexpected 'b'");
    assert_message("load(\"a\"", "f:3:18: missing ')' in 'load(\"a\"'");
    assert_message("load(\"path\"=a)", "f:3:21: load: unexpected '='");
    assert_message("load(a, path=b)", "f:3:18: load: path= is given twice");
    assert_message("plain(\"a,b\")", "f:3:16: plain takes no parameters, found '\"a'");
    /* A number, truth or choice is no text. */
    assert_message("load(x, scale=\"2\")",
                   "f:3:18: load: scale=\"2\" must be written without quotes");
    assert_message("load(x, scale=a.bin)",
                   "f:3:18: load: scale=a.bin is not a finite decimal number");
    assert_message("load(x, strict=\"true\")",
                   "f:3:18: load: strict=\"true\" must be written without quotes");
    assert_message("load(x, order=\"oi\")",
                   "f:3:18: load: order=\"oi\" must be written without quotes");
    assert_message("hold(base=\"plain\")",
                   "f:3:20: unknown thing '\"plain\"' (did you mean 'plain'?)");
}

/* Columns count characters, as an editor does. */
static void columns(void **state) {
    (void)state;
    assert_message("load(\"\xC3\xA9\xC3\xA9\", scale=11)",
                   "f:3:21: load: scale=11 is outside [0, 10]");
    assert_message("load(\"\xF0\x9F\x98\x80\", scle=1)",
                   "f:3:20: load: unknown parameter 'scle' (did you mean 'scale'?)");
    assert_message("load(\"\xF0\x9F\x98\x80\") x", "f:3:20: unexpected 'x' after load");
    assert_message("hold(\"\xC3\xA9\", base=lod(x))",
                   "f:3:25: unknown thing 'lod' (did you mean 'load'?)");
}

static void inside_a_call(void **state) {
    (void)state;
    assert_message("hold(base=load)", "f:3:20: load: path= must be given (a file)");
    assert_message("hold(base=load(\"a)b)", "f:3:25: load: path=\"a)b) has no closing quote");
    assert_message("hold(base=load(x, layers=\"1\t\"))",
                   "f:3:37: load: layers= holds byte 0x09: text is UTF-8 without control "
                   "characters");
    assert_message("hold(base=load(x) y, tol=1)", "f:3:28: unexpected 'y' after load");
    assert_message("hold(base=load(\")\")", "f:3:29: missing ')' in 'hold(base=load(\")\")'");
    assert_message("hold(base=hold(note=x))",
                   "f:3:20: hold: base=hold cannot stand inside another call");
    assert_message("hold(base=plain=3)", "f:3:25: unexpected '=3' after plain");
    assert_message("hold(x, load(y), z)", "f:3:27: hold: tol=z is not a finite decimal number");
}

typedef struct rng {
    il_stream stream;
    uint32_t words[256];
    size_t used;
} rng;

static uint32_t below(rng *r, uint32_t n) {
    if (r->used % 256 == 0)
        il_stream_words(&r->stream, 256, r->words);
    return r->words[r->used++ % 256] % n;
}

static const char *const characters[] = {
    "a",  "Z", "0", "9", "-", ".", "/", ":", "%", "~", "@", "+", "_",        "\"",
    "\\", ",", "(", ")", "=", " ", "|", "#", "'", "?", "*", "e", "\xC3\xA9", "\xF0\x9F\x98\x80"};
enum { CHARACTERS = sizeof characters / sizeof *characters };

/* Draws a text of at least `least` characters, and spells it in quotes, or without when it can be. */
static void draw(rng *r, size_t least, char value[256], char spelling[512]) {
    size_t n = least + below(r, 9), kinds = below(r, 2) ? CHARACTERS : 13;
    bool quoted = kinds > 13 || !n || below(r, 2);
    *value = '\0';
    strcpy(spelling, quoted ? "\"" : "");
    for (size_t i = 0; i < n; i++) {
        const char *c = characters[below(r, (uint32_t)kinds)];
        strcat(value, c);
        strcat(spelling, *c == '"' || *c == '\\' ? "\\" : "");
        strcat(spelling, c);
    }
    strcat(spelling, quoted ? "\"" : "");
}

static void random_round_trips(void **state) {
    (void)state;
    rng r = {.stream = il_stream_open(7, IL_PURPOSE_DATA, 0)};
    for (int i = 0; i < 20000; i++) {
        char value[4][256], spelling[4][512], text[4096], shown[IL_CALL_TEXT], again[IL_CALL_TEXT];
        for (size_t k = 0; k < 4; k++)
            draw(&r, k < 2, value[k], spelling[k]);
        bool nested = below(&r, 2);
        snprintf(text, sizeof text,
                 below(&r, 2) ? "%sload( %s,layers = %s , prefix=%s)"
                              : "%sload(path=%s, layers=%s, prefix= %s )",
                 nested ? "hold(base=" : "", spelling[0], spelling[1], spelling[2]);
        if (nested && *value[3])
            strcat(strcat(strcat(text, ", note="), spelling[3]), ")");
        else if (nested)
            strcat(text, ")");
        il_call call = parse(text), inner = nested ? il_call_inner(&call) : call, back;
        for (size_t k = 0; k < 3; k++)
            assert_string_equal(il_call_string(&inner, k), value[k]);
        if (nested)
            assert_string_equal(il_call_string(&call, 0), *value[3] ? value[3] : "none");
        back = parse(il_call_format(&call, shown));
        assert_true(il_call_equal(&call, &back));
        assert_string_equal(il_call_format(&back, again), shown);
    }
}

/* Whatever bytes come, an answer comes, and what is accepted is printed and read back. */
static void random_garbage(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "load(", "hold(", "base=", "path=", "layers=", "\"",   "\"", "\\", ")",     ")",
        ",",     "=",     " ",     "x",     "\xC3",    "\xA9", "1",  "\t", "plain", "note="};
    rng r = {.stream = il_stream_open(8, IL_PURPOSE_DATA, 0)};
    size_t accepted = 0;
    for (int i = 0; i < 200000; i++) {
        char text[256] = "", shown[IL_CALL_TEXT];
        strcat(text, pieces[below(&r, 2)]);
        for (uint32_t n = 1 + below(&r, 8); n; n--)
            strcat(text, pieces[below(&r, sizeof pieces / sizeof *pieces)]);
        il_call call, back;
        il_error err = {.message = ""};
        if (il_call_parse(&things, text, NULL, &call, &err) != IL_OK) {
            assert_true(*err.message);
            continue;
        }
        accepted++;
        back = parse(il_call_format(&call, shown));
        assert_true(il_call_equal(&call, &back));
    }
    assert_true(accepted > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_spelling),
        cmocka_unit_test(strings),
        cmocka_unit_test(equality),
        cmocka_unit_test(messages),
        cmocka_unit_test(columns),
        cmocka_unit_test(inside_a_call),
        cmocka_unit_test(random_round_trips),
        cmocka_unit_test(random_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
