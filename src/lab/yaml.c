#include "lab/yaml.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct builder {
    il_yaml *yaml;
    const char *text; /* [size] */
    size_t size;
    il_error *err;
    yaml_parser_t parser;
    size_t depth;
    il_yaml_node *open[IL_YAML_DEPTH]; /* the lists and maps being filled, outermost first */
    il_yaml_node **tail;               /* where the next node goes */
} builder;

static il_place at_mark(const builder *b, yaml_mark_t mark) {
    return (il_place){b->yaml->name, (int)mark.line + 1, (int)mark.column + 1};
}

static il_status no_memory(const builder *b) {
    return il_fail(b->err, IL_NO_MEMORY, "out of memory reading %s", b->yaml->name);
}

static size_t characters(const char *text, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Continuation bytes that a first byte of UTF-8 announces. */
static size_t trailing(unsigned char first) {
    return first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
}

/* The reader stopped at a byte, not at a mark: its line and column are counted here. */
static il_status fail_encoding(const builder *b) {
    size_t bad = b->parser.problem_offset < b->size ? b->parser.problem_offset : b->size;
    /* libyaml may stop inside a character that is cut short: its first byte is the place. */
    size_t lead = bad;
    while (lead > 0 && bad - lead < 3 && ((unsigned char)b->text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (bad < b->size && lead > 0 && (unsigned char)b->text[lead - 1] >= 0xC0 &&
        bad - lead < trailing((unsigned char)b->text[lead - 1]))
        bad = lead - 1;
    il_place place = {b->yaml->name, 1, 1};
    const char *line = b->text;
    for (const char *s = b->text; s < b->text + bad; s++)
        if (*s == '\n') {
            place.line++;
            line = s + 1;
        }
    place.column += (int)characters(line, (size_t)(b->text + bad - line));
    if (bad == b->size)
        return il_fail_at(b->err, &place, 0, "the text ends inside a character (write UTF-8)");
    return il_fail_at(b->err, &place, 0, "byte 0x%02x does not belong in text (write UTF-8)",
                      (unsigned)(unsigned char)b->text[bad]);
}

/* The line of the text that holds a mark. */
static size_t line_at(const builder *b, size_t line, const char **start) {
    const char *s = b->text, *end = b->text + b->size, *stop;
    while (line-- && s < end) {
        stop = memchr(s, '\n', (size_t)(end - s));
        s = stop ? stop + 1 : end;
    }
    stop = memchr(s, '\n', (size_t)(end - s));
    *start = s;
    return (size_t)((stop ? stop : end) - s);
}

static il_status fail_syntax(const builder *b) {
    const yaml_parser_t *p = &b->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return no_memory(b);
    if (p->error == YAML_READER_ERROR)
        return fail_encoding(b);
    const char *line, *hint = "";
    size_t n = line_at(b, p->problem_mark.line, &line);
    size_t indent = 0;
    while (indent < n && line[indent] == ' ')
        indent++;
    if (indent < n && line[indent] == '\t')
        hint = ": indent with spaces, not tabs";
    else if ((p->context && strstr(p->context, "flow")) || memchr(line, '[', n) ||
             memchr(line, '{', n))
        hint = ": close every bracket, and quote a value that has brackets of its own";
    il_place place = at_mark(b, p->problem_mark);
    return il_fail_at(b->err, &place, 0, "%s%s%s%s", p->problem ? p->problem : "malformed YAML",
                      p->context ? " " : "", p->context ? p->context : "", hint);
}

static il_yaml_node *new_node(builder *b, il_yaml_kind kind, size_t n, yaml_mark_t start) {
    il_yaml_node *node = malloc(sizeof *node + n + 1);
    if (!node)
        return NULL;
    *node = (il_yaml_node){.kind = kind, .n = n, .place = at_mark(b, start)};
    node->previous_made = b->yaml->last_made;
    b->yaml->last_made = node;
    return node;
}

static void attach(builder *b, il_yaml_node *node) {
    *b->tail = node;
    b->tail = &node->next;
    if (b->depth)
        b->open[b->depth - 1]->n++;
}

static il_status add_text(builder *b, const yaml_event_t *event) {
    const char *text = (const char *)event->data.scalar.value;
    size_t n = event->data.scalar.length;
    if (memchr(text, '\0', n)) {
        il_place place = at_mark(b, event->start_mark);
        return il_fail_at(b->err, &place, 0, "text must not hold a zero byte");
    }
    il_yaml_node *node = new_node(b, IL_YAML_TEXT, n, event->start_mark);
    if (!node)
        return no_memory(b);
    memcpy(node->text, text, n);
    node->text[n] = '\0';
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    /* Folded lines and escapes: a byte's column cannot be told from its offset in the text. */
    size_t quotes = node->quoted ? 2 : 0;
    bool exact = event->start_mark.line == event->end_mark.line &&
                 event->end_mark.column - event->start_mark.column == characters(text, n) + quotes;
    node->place.column = exact ? node->place.column + (int)quotes / 2 : 0;
    attach(b, node);
    return IL_OK;
}

static il_status open_group(builder *b, il_yaml_kind kind, bool flow, yaml_mark_t start) {
    if (b->depth == IL_YAML_DEPTH) {
        il_place place = at_mark(b, start);
        return il_fail_at(b->err, &place, 0, "nested deeper than %d levels", IL_YAML_DEPTH);
    }
    il_yaml_node *node = new_node(b, kind, 0, start);
    if (!node)
        return no_memory(b);
    node->flow = flow;
    attach(b, node);
    b->open[b->depth++] = node;
    b->tail = &node->child;
    return IL_OK;
}

static void close_group(builder *b) {
    il_yaml_node *node = b->open[--b->depth];
    if (node->kind == IL_YAML_MAP)
        node->n /= 2;
    b->tail = &node->next;
}

/* Anchors and tags hang on any node; neither has a meaning here. */
static il_status check_plain(builder *b, const yaml_event_t *event, const yaml_char_t *anchor,
                             const yaml_char_t *tag) {
    char shown[IL_CLIP];
    il_place place = at_mark(b, event->start_mark);
    if (anchor)
        return il_fail_at(b->err, &place, 0, "anchor &%s: write the value out wherever it is used",
                          il_clip((const char *)anchor, strlen((const char *)anchor), shown));
    if (tag)
        return il_fail_at(b->err, &place, 0, "tag %s: write the value alone, the key types it",
                          il_clip((const char *)tag, strlen((const char *)tag), shown));
    return IL_OK;
}

static il_status handle(builder *b, const yaml_event_t *event) {
    il_place place = at_mark(b, event->start_mark);
    char shown[IL_CLIP];
    const char *alias;
    il_status status;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->yaml->root)
            return il_fail_at(b->err, &place, 0, "a second document: put it in a file of its own");
        return IL_OK;
    case YAML_ALIAS_EVENT:
        alias = (const char *)event->data.alias.anchor;
        return il_fail_at(b->err, &place, 0, "alias *%s: write the value out",
                          il_clip(alias, strlen(alias), shown));
    case YAML_SCALAR_EVENT:
        status = check_plain(b, event, event->data.scalar.anchor, event->data.scalar.tag);
        return status != IL_OK ? status : add_text(b, event);
    case YAML_SEQUENCE_START_EVENT:
        status = check_plain(b, event, event->data.sequence_start.anchor,
                             event->data.sequence_start.tag);
        return status != IL_OK
                   ? status
                   : open_group(b, IL_YAML_LIST,
                                event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
                                event->start_mark);
    case YAML_MAPPING_START_EVENT:
        status =
            check_plain(b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        return status != IL_OK ? status : open_group(b, IL_YAML_MAP, false, event->start_mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_group(b);
        return IL_OK;
    default:
        return IL_OK;
    }
}

static il_status build(builder *b) {
    for (bool done = false; !done;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event))
            return fail_syntax(b);
        done = event.type == YAML_STREAM_END_EVENT;
        il_status status = handle(b, &event);
        yaml_event_delete(&event);
        if (status != IL_OK)
            return status;
    }
    return IL_OK;
}

il_status il_yaml_parse(const char *text, size_t size, const char *name, il_yaml **out,
                        il_error *err) {
    size_t length = strlen(name) + 1;
    il_yaml *yaml = malloc(sizeof *yaml + length);
    if (!yaml)
        return il_fail(err, IL_NO_MEMORY, "out of memory reading %s", name);
    yaml->root = yaml->last_made = NULL;
    memcpy(yaml->name, name, length);
    /* libyaml skips a byte order mark only while it guesses the encoding, and it would guess
     * UTF-16. */
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        size -= 3;
    }
    builder b = {.yaml = yaml, .text = text, .size = size, .err = err, .tail = &yaml->root};
    il_status status;
    if (yaml_parser_initialize(&b.parser)) {
        yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, size);
        status = build(&b);
        yaml_parser_delete(&b.parser);
    } else {
        status = no_memory(&b);
    }
    if (status == IL_OK)
        *out = yaml;
    else
        il_yaml_free(yaml);
    return status;
}

void il_yaml_free(il_yaml *yaml) {
    if (!yaml)
        return;
    for (il_yaml_node *node = yaml->last_made, *before; node; node = before) {
        before = node->previous_made;
        free(node);
    }
    free(yaml);
}
