/* Reports of studies that are run here, read as a browser would. */
#ifndef TESTS_PAGES_H
#define TESTS_PAGES_H

#include "stores.h"
#include "studies.h"

#include "report/digest.h"
#include "report/svg.h"

#include <ctype.h>

#define DEEPEST 32

/* The archive of a study that has just been run, its files already gone from the folder. */
static inline il_archive *archive_of(const char *path, const char *text, const il_origin *origin,
                                     il_results **results) {
    il_error err;
    il_store *store = NULL;
    il_archive *archive = NULL;
    il_study *study = study_of(text);
    remove_files(path);
    if (il_store_open(path, origin, &store, &err) != IL_OK ||
        il_study_run(study, &(il_run_options){.store = store, .jobs = 1}, results, &err) != IL_OK)
        fail_msg("%s", err.message);
    il_store_close(store);
    il_study_free(study);
    if (il_archive_read(path, NULL, &archive, &err) != IL_OK)
        fail_msg("%s", err.message);
    remove_files(path);
    return archive;
}

static inline char *html_of(const il_archive *archive) {
    il_error err;
    char *html = NULL;
    size_t size;
    FILE *out = open_memstream(&html, &size);
    assert_int_equal(il_report_html(archive, out, &err), IL_OK);
    fclose(out);
    return html;
}

static inline char *page_of(const char *path, const char *text, const il_origin *origin,
                            size_t seeds, il_results **results) {
    il_archive *archive = archive_of(path, text, origin, results);
    archive->seeds = seeds ? seeds : archive->seeds;
    char *html = html_of(archive);
    il_archive_free(archive);
    return html;
}

/* What a walk over the page counts. */
typedef struct walk {
    size_t figures, charts, titles, descriptions, tables, marks;
} walk;

static inline bool is_one_of(const char *name, const char *words) {
    size_t n = strlen(name);
    for (const char *at = words; (at = strstr(at, name)) != NULL; at++)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

/* Attributes: name="value" with nothing in the value that could end it; none that runs or loads. */
static inline const char *skip_attributes(const char *s) {
    while (isspace((unsigned char)*s)) {
        char name[32];
        size_t n = strcspn(++s, "=<> \"/");
        assert_true(n > 0 && n < sizeof name && s[n] == '=' && s[n + 1] == '"');
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        if (!is_one_of(name,
                       "lang charset name content class fill id role aria-label aria-labelledby "
                       "viewBox xmlns x y x1 y1 x2 y2 cx cy r d width height text-anchor scope "
                       "http-equiv href transform shape-rendering"))
            fail_msg("attribute %s", name);
        s += n + 2;
        assert_true(strcmp(name, "href") != 0 || *s == '#');
        size_t value = strcspn(s, "\"<>");
        assert_true(s[value] == '"');
        s += value + 1;
    }
    return s;
}

static inline walk walk_page(const char *html) {
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
                             "nav ul li a span script div figure figcaption details summary table "
                             "caption thead tbody tr th td svg desc rect line circle path text"))
            fail_msg("element %s", name);
        if (closing) {
            assert_true(*s == '>' && depth > 0);
            assert_string_equal(open[--depth], name);
            continue;
        }
        s = skip_attributes(s);
        if (strcmp(name, "script") == 0) { /* the page's own, and after it the end */
            size_t length = strlen(il_page_script);
            assert_memory_equal(s, ">", 1);
            assert_memory_equal(s + 1, il_page_script, length);
            s += 1 + length;
            assert_memory_equal(s, "</script>\n</body>\n</html>\n", 26);
            snprintf(open[depth++], sizeof open[0], "script");
            continue;
        }
        /* A caption must be the last thing in its figure, so that the data stand after it. */
        for (size_t i = 0; i < depth && strcmp(name, "details") == 0; i++)
            assert_string_not_equal(open[i], "figure");
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
    assert_true(w.tables == w.figures + 1 + (strstr(html, "<section id=\"alarms\">") != NULL));
    assert_null(strstr(html, "url("));
    assert_null(strstr(html, "@import"));
    for (const char *link = html; (link = strstr(link, "://")) != NULL; link++)
        assert_int_equal(strncmp(link - 4, "http://www.w3.org/2000/svg\"", 27), 0);
    return w;
}

static inline void assert_shows(const char *html, const char *text) {
    if (!strstr(html, text))
        fail_msg("the page does not show '%s'", text);
}

#endif
