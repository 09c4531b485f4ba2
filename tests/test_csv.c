/* CSV tables: what is read from them, and what is said, with line and column, of those that are none. */
#include "data_files.h"

static void assert_X(const il_dataset *data, size_t n, size_t inputs, const double *X) {
    assert_int_equal(data->n, n);
    assert_int_equal(data->inputs, inputs);
    for (size_t i = 0; i < n * inputs; i++)
        assert_true(data->X[i] == (il_real)X[i]);
}

static void assert_labels(const il_dataset *data, size_t classes, const uint32_t *label) {
    assert_int_equal(data->classes, classes);
    assert_null(data->target);
    for (size_t i = 0; i < data->n; i++)
        assert_int_equal(data->label[i], label[i]);
}

/* One table in every spelling that is the same. */
static void spellings(void **state) {
    (void)state;
    static const char *const texts[] = {
        "1,-2.5,7\n3,4e-1,9\n+5,.75,7\n",
        "1,-2.5,7\r\n3,4e-1,9\r\n5,0.75,7",
        "\357\273\277a,b,class\n1,-2.5,7\n\n3,0.4,9\n  \n5,75e-2,7\n\n",
        " \"1\" , -2.50 , 7\n3,\"0.4\",9\n5,00.75,\"7\"\n",
        "1, -2.5, 7.0\n3, 0.40000000000000000000001, 9\n5, 0.75, 7\n",
    };
    static const double X[] = {1, -2.5, 3, 0.4, 5, 0.75};
    static const uint32_t label[] = {0, 1, 0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int packed = 0; packed < 2; packed++) {
            (packed ? write_gz : write_file)("t.csv", texts[i], strlen(texts[i]));
            il_dataset *data = make("csv(t.csv)");
            assert_X(data, 3, 2, X);
            assert_labels(data, 2, label);
            il_dataset_free(data);
        }
}

static void delimiters(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"comma", "1,2,0\n3,4,1\n"},        {"semicolon", "1;2;0\n3; 4;1\n"},
        {"tab", "1\t2\t0\n3\t 4\t1\n"},     {"bar", "1|2|0\n3|4 |1\n"},
        {"space", "  1 2\t 0\n3  4 1  \n"}, {"space", "1 \"2\" 0 \n\"3\"\t4 \"1\"\n"},
    };
    static const double X[] = {1, 2, 3, 4};
    static const uint32_t label[] = {0, 1};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char call[64];
        snprintf(call, sizeof call, "csv(t.csv, delimiter=%s)", cases[i].name);
        write_text("t.csv", cases[i].text);
        il_dataset *data = make(call);
        assert_X(data, 2, 2, X);
        assert_labels(data, 2, label);
        il_dataset_free(data);
    }
}

/* Numbers by value, then texts by their bytes; each text is a class of its own, and each number one however written. */
static void classes_of_text(void **state) {
    (void)state;
    write_text("t.csv", "x,kind\n1,b\n2,a\n3,10\n4,9\n5,9.0\n6,\"a,\"\"b\"\n7,b\n");
    il_dataset *data = make("csv(t.csv)");
    static const uint32_t label[] = {4, 2, 1, 0, 0, 3, 4};
    assert_labels(data, 5, label);
    il_dataset_free(data);
}

static void columns(void **state) {
    (void)state;
    write_text("t.csv", "kind,x,y,z\n0,1,2,3\n1,4,5,6\n");
    static const double all[] = {1, 2, 3, 4, 5, 6}, xz[] = {1, 3, 4, 6};
    static const uint32_t label[] = {0, 1};
    static const char *const calls[] = {"csv(t.csv, label=kind)", "csv(t.csv, label=1)",
                                        "csv(t.csv, kind, header=true)"};
    for (size_t i = 0; i < 3; i++) {
        il_dataset *data = make(calls[i]);
        assert_X(data, 2, 3, all);
        assert_labels(data, 2, label);
        il_dataset_free(data);
    }
    il_dataset *data = make("csv(t.csv, target=\"kind,3\")");
    assert_X(data, 2, 2, xz);
    assert_int_equal(data->classes, 0);
    assert_int_equal(data->outputs, 2);
    assert_null(data->label);
    static const il_real y[] = {0, 2, 1, 5};
    assert_memory_equal(data->target, y, sizeof y);
    il_dataset_free(data);
    /* A first row with a number in it is data, unless it is said to be names; words may be classes. */
    write_text("t.csv", "1,b\n2,a\n");
    data = make("csv(t.csv)");
    assert_int_equal(data->n, 2);
    il_dataset_free(data);
    write_text("t.csv", "2,1\n5,0\n6,1\n");
    data = make("csv(t.csv, header=true, label=2)");
    assert_true(data->X[0] == 0 && data->X[1] == 1);
    il_dataset_free(data);
    data = make("csv(t.csv, header=true)"); /* the last, whatever the first is called */
    assert_true(data->X[0] == 5 && data->X[1] == 6);
    il_dataset_free(data);
    data = make("csv(t.csv, header=true, label=1)"); /* a name before a number */
    assert_true(data->X[0] == 5 && data->X[1] == 6);
    il_dataset_free(data);
}

static void wrong_columns(void **state) {
    (void)state;
    write_text("t.csv", "kind,x,y\n0,1,2\n1,4,5\n");
    assert_refused("csv(t.csv, label=kid)",
                   "t.csv: label= has an unknown column 'kid' (did you mean 'kind'?)");
    assert_refused("csv(t.csv, target=\"x,weight\")",
                   "t.csv: target= has an unknown column 'weight' (known: kind, x, y)");
    for (const char *const *bad = (const char *const[]){"0", "4", "1.5", "-1", NULL}; *bad; bad++) {
        char call[64], message[96];
        snprintf(call, sizeof call, "csv(t.csv, label=%s)", *bad);
        snprintf(message, sizeof message,
                 "t.csv: label= has an unknown column '%s' (known: kind, x, y)", *bad);
        assert_refused(call, message);
    }
    assert_refused("csv(t.csv, target=\"x,2\")", "csv: target=: column 2 is given twice");
    assert_refused("csv(t.csv, label=x, target=y)",
                   "csv: give label= (classes) or target= (numbers), not both");
    assert_refused("csv(t.csv, target=\"1,2,3\")",
                   "t.csv: no column is left for features, of 3: is the delimiter right?");
    assert_refused("csv(t.csv, delimiter=semicolon)",
                   "t.csv: no column is left for features, of 1: is the delimiter right?");
    write_text("t.csv", "0,1,2\n");
    assert_refused("csv(t.csv, label=kind)", "t.csv: label=kind is no column from 1 to 3, and "
                                             "there is no header to name one");
}

static void wrong_values(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"1,2,0\n1,x,1\n", "t.csv:2:3: 'x' is no finite decimal number"},
        {"1,2,0\n\n  1,  2x,1\n", "t.csv:3:7: '2x' is no finite decimal number"},
        {"1,2,0\n1,nan,1\n", "t.csv:2:3: 'nan' is no finite decimal number"},
        {"1,2,0\n1,NaN,1\n", "t.csv:2:3: 'NaN' is no finite decimal number"},
        {"1,2,0\ninf,2,1\n", "t.csv:2:1: 'inf' is no finite decimal number"},
        {"1,2,0\n-Infinity,2,1\n", "t.csv:2:1: '-Infinity' is no finite decimal number"},
        {"1,2,0\n1e400,2,1\n", "t.csv:2:1: '1e400' is no finite decimal number"},
        {"1,2,0\n0x10,2,1\n", "t.csv:2:1: '0x10' is no finite decimal number"},
        {"1,2,0\n1/2,2,1\n", "t.csv:2:1: '1/2' is no finite decimal number"},
        {"1,2,0\n1.2.3,2,1\n", "t.csv:2:1: '1.2.3' is no finite decimal number"},
        {"1,2,0\n-,2,1\n", "t.csv:2:1: '-' is no finite decimal number"},
        {"1,2,0\n.,2,1\n", "t.csv:2:1: '.' is no finite decimal number"},
        {"1,2,0\n1 2,2,1\n", "t.csv:2:1: '1 2' is no finite decimal number"},
        {"1,2,0\n,2,1\n", "t.csv:2:1: a number is missing"},
        {"1,2,0\n1,,1\n", "t.csv:2:3: a number is missing"},
        {"1,2,0\n1,2,\n", "t.csv:2:5: a class is missing"},
        {"1,2,0\n1,\"\",1\n", "t.csv:2:4: a number is missing"},
        {"1,2,0\nä,\"x\",1\n", "t.csv:2:1: 'ä' is no finite decimal number"},
        {"1,ö,0\n1,2,1\n", "t.csv:1:3: 'ö' is no finite decimal number"},
        {"1,2,0\n1,2\n", "t.csv:2:1: 2 fields, but the first row has 3"},
        {"1,2,0\n1,2,3,0\n", "t.csv:2:1: 4 fields, but the first row has 3"},
        {"1,2,0\n\n7\n", "t.csv:3:1: 1 field, but the first row has 3"},
        {"1,2,0\n1,2,1,\n", "t.csv:2:1: 4 fields, but the first row has 3"},
        {"1,2,0\n1,\"2,1\n", "t.csv:2:3: no quote closes this field on its line"},
        {"1,2,0\nä,\"2\"x,1\n", "t.csv:2:6: something follows the closing quote"},
        {"", "t.csv: holds no rows"},
        {"\n \n\r\n", "t.csv: holds no rows"},
        {"\xEF\xBB\xBF", "t.csv: holds no rows"},
        {"a,b\n", "t.csv: holds a header, but no rows"},
        {"1,2,0\n1,3,0\n", "t.csv: all samples have the same class"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text("t.csv", cases[i].text);
        assert_refused("csv(t.csv)", cases[i].message);
    }
    write_file("t.csv", "1,2\n\0,1\n", 8);
    assert_refused("csv(t.csv)", "t.csv: byte 5 is 0: this is no text");
    /* Too large for a float, if that is what the library computes with. */
    write_text("t.csv", "1e39,0\n1,1\n");
    if (sizeof(il_real) == sizeof(float))
        assert_refused("csv(t.csv)", "t.csv:1:1: '1e39' is no finite decimal number");
}

static void too_many_classes(void **state) {
    (void)state;
    FILE *out = fopen("t.csv", "w");
    assert_non_null(out);
    for (int i = 0; i < 1001; i++)
        fprintf(out, "1,%d.5\n", i);
    fclose(out);
    assert_refused("csv(t.csv)",
                   "t.csv: the column of classes has 1001 different values, more than "
                   "1000: for numbers to predict use target=");
    il_dataset *data = make("csv(t.csv, target=2)");
    assert_int_equal(data->n, 1001);
    assert_true(data->target[1000] == (il_real)1000.5);
    il_dataset_free(data);
}

/* Every number is the double that strtod reads, rounded once to il_real. */
static void numbers(void **state) {
    (void)state;
    static const char *const texts[] = {"0.1",
                                        "123456789012345",
                                        "1234567890123456",
                                        "-0",
                                        "0.000000000000001",
                                        "999999999999999.9",
                                        "4.35",
                                        "0.3",
                                        "2.5e-8",
                                        "16777217",
                                        "1e-30",
                                        "-7.",
                                        ".0",
                                        "0.1234567890123456789",
                                        "0.1234567890123456"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s,0\n1,1\n", texts[i]);
        write_text("t.csv", text);
        il_dataset *data = make("csv(t.csv)");
        const il_real expected = (il_real)strtod(texts[i], NULL);
        assert_true(data->X[0] == expected);
        il_dataset_free(data);
    }
}

/* A cut is a shorter table, a ragged one, or none; never a crash. Of a gzip it is always an error. */
static void truncated(void **state) {
    (void)state;
    static const char text[] = "a,b,\"c\"\r\n1.5,2,x\r\n3,4,\"y\"\r\n";
    size_t n;
    for (size_t cut = 0; cut < sizeof text - 1; cut++) {
        il_error err = {.message = ""};
        il_dataset *data;
        write_file("t.csv", text, cut);
        il_status status = build("csv(t.csv)", NULL, &data, &err);
        assert_int_equal(status != IL_OK, data == NULL);
        if (status != IL_OK)
            assert_int_equal(strncmp(err.message, "t.csv:", 6), 0);
        assert_true(status == IL_OK || status == IL_INVALID);
        assert_int_equal(status == IL_OK, cut >= sizeof text - 3); /* but for the line's end */
        il_dataset_free(data);
    }
    write_gz("t.gz", text, sizeof text - 1);
    unsigned char *bytes = read_file("t.gz", &n);
    for (size_t cut = 2; cut < n; cut++) {
        write_file("t.csv", bytes, cut);
        assert_refused("csv(t.csv)",
                       "t.csv: the compressed data breaks off (truncated: copy it again)");
    }
    memset(bytes + n, 'x', 2);
    write_file("t.csv", bytes, n + 2);
    free(bytes);
    assert_refused("csv(t.csv)", "t.csv: something else follows the compressed data (remove it, or "
                                 "copy the file again)");
}

static void no_files(void **state) {
    (void)state;
    mkdir("dir", 0700);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_refused_in("csv(dir)", NULL, IL_IO,
                      "dir: cannot read the CSV table: Is a directory (name a file that can be "
                      "read)");
    assert_refused("csv(fifo)", "fifo: no ordinary file: name one that holds a CSV table");
    assert_refused_in("csv(none.csv)", NULL, IL_IO,
                      "none.csv: cannot read the CSV table: No such file or directory (check the "
                      "path)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings),        cmocka_unit_test(delimiters),
        cmocka_unit_test(classes_of_text),  cmocka_unit_test(columns),
        cmocka_unit_test(wrong_columns),    cmocka_unit_test(wrong_values),
        cmocka_unit_test(too_many_classes), cmocka_unit_test(numbers),
        cmocka_unit_test(truncated),        cmocka_unit_test(no_files),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
