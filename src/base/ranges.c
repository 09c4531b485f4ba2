#include "base/text.h"

#include <stdint.h>
#include <string.h>

/* One number or range of the list, from `s` to the comma or the end. */
typedef struct item {
    const char *text;
    size_t n, first, last;
    bool good;
} item;

/* The number at *s, which is moved past it and the blanks around it; false when there is none. One that is too large
 * for size_t becomes one that is larger than any array. */
static bool read_index(const char **s, size_t *out) {
    *s += strspn(*s, " ");
    const char *begin = *s;
    for (*out = 0; **s >= '0' && **s <= '9'; ++*s)
        *out = *out > SIZE_MAX / 10 - 1 ? *out : *out * 10 + (size_t)(**s - '0');
    bool found = *s > begin;
    *s += strspn(*s, " ");
    return found;
}

static item read_item(const char *s) {
    item it = {.text = s + strspn(s, " "), .n = strcspn(s, ",")};
    const char *end = s + it.n;
    while (end > it.text && end[-1] == ' ')
        end--;
    it.n = end > it.text ? (size_t)(end - it.text) : 0;
    it.good = read_index(&s, &it.first);
    it.last = it.first;
    if (it.good && *s == '-') {
        s++;
        it.good = read_index(&s, &it.last);
    }
    it.good = it.good && (*s == ',' || !*s);
    return it;
}

il_status il_ranges_parse_from(size_t first, const char *what, const char *text, size_t most,
                               bool *chosen, il_error *err) {
    char shown[IL_CLIP], part[IL_CLIP];
    bool all = strcmp(text, "all") == 0;
    il_clip(text, strlen(text), shown);
    for (size_t i = 0; i < most; i++)
        chosen[i] = all;
    if (all)
        return IL_OK;
    for (const char *s = text;; s++) {
        item it = read_item(s);
        il_clip(it.text, it.n, part);
        if (!it.good)
            return il_fail(err, IL_INVALID,
                           "%s=\"%s\": '%s' is no number or range: write all, or a list such as "
                           "\"1,3-5\"",
                           what, shown, part);
        if (it.first > it.last)
            return il_fail(err, IL_INVALID, "%s=\"%s\": the range %s runs backwards: write %zu-%zu",
                           what, shown, part, it.last, it.first);
        if (it.first < first || it.last - first >= most)
            return il_fail(err, IL_INVALID,
                           "%s=\"%s\": %s is outside %zu-%zu: count from %zu, or write all", what,
                           shown, part, first, first + most - 1, first);
        for (size_t i = it.first; i <= it.last; i++)
            chosen[i - first] = true;
        s += strcspn(s, ",");
        if (!*s)
            return IL_OK;
    }
}

il_status il_ranges_parse(const char *what, const char *text, size_t most, bool *chosen,
                          il_error *err) {
    return il_ranges_parse_from(1, what, text, most, chosen, err);
}
