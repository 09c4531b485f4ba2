/* initlab data: the list of datasets and where they are, or one of them. */
#include "report/data.h"
#include "cli/catalogue.h"
#include "cli/cli.h"
#include "cli/folders.h"
#include "data/source.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE, JSON };

static const il_dataset_type *type_of(const il_desc *desc) {
    return (const il_dataset_type *)(const void *)desc;
}

/* Where a fetched dataset lies; false, with the reason in *err, when it does not. */
static bool find(const il_desc *desc, const il_folders *folders, char path[IL_PATH],
                 il_error *err) {
    il_call call;
    return il_call_parse(&il_datasets, desc->name, NULL, &call, err) == IL_OK &&
           type_of(desc)->find(&call, folders, path, err) == IL_OK;
}

static const char *origin_name(il_data_origin origin) {
    static const char *const names[] = {[IL_COMPUTED] = "computed",
                                        [IL_EMBEDDED] = "built in",
                                        [IL_FETCHED] = "fetched",
                                        [IL_OWN] = "your own files"};
    return names[origin];
}

/* The datasets of one origin, under a heading. */
static void list_origin(il_data_origin origin) {
    const il_desc *descs[64];
    size_t n = 0;
    for (size_t i = 0; i < il_datasets.n && n < sizeof descs / sizeof *descs; i++)
        if (type_of(il_datasets.items[i])->origin == origin)
            descs[n++] = il_datasets.items[i];
    printf("%s%s\n", origin ? "\n" : "", origin_name(origin));
    cli_list_descs(descs, n);
}

static void list_places(const il_folders *folders) {
    char path[IL_PATH];
    il_error err;
    puts("\nwhere they are");
    for (size_t i = 0; i < il_datasets.n; i++) {
        const il_desc *desc = il_datasets.items[i];
        if (type_of(desc)->origin != IL_FETCHED)
            continue;
        bool found = find(desc, folders, path, &err);
        printf("  %-14s  %s%s\n", desc->name, found ? path : "not found: data/fetch.sh ",
               found ? "" : desc->name);
    }
    fputs("looked in", stdout);
    for (size_t i = 0; i < folders->n; i++)
        printf("%s %s", i ? "," : "", folders->path[i]);
    puts("\n\nA parameter without a value must be given: csv(data.csv). 'initlab data show NAME' "
         "builds a\ndataset and says what it is.");
}

static int list_json(const il_folders *folders) {
    char path[IL_PATH];
    il_error err;
    json_t *list = json_array();
    for (size_t i = 0; i < il_datasets.n; i++) {
        const il_desc *desc = il_datasets.items[i];
        il_data_origin origin = type_of(desc)->origin;
        bool found = origin == IL_FETCHED && find(desc, folders, path, &err);
        json_array_append_new(list, json_pack("{ss ss ss ss*}", "name", desc->name, "origin",
                                              origin_name(origin), "formula", desc->formula, "path",
                                              found ? path : NULL));
    }
    json_t *object = json_pack("{si so}", "schema", 1, "datasets", list);
    char *text = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
    json_decref(object);
    if (!text)
        return cli_fail(CLI_IO, "no memory for the list of datasets");
    puts(text);
    free(text);
    return CLI_OK;
}

static int list(const cli_args *args, const il_folders *folders) {
    if (args->value[CLI_DATA_FORMAT] == JSON)
        return list_json(folders);
    for (il_data_origin origin = IL_COMPUTED; origin <= IL_OWN; origin++)
        list_origin(origin);
    list_places(folders);
    return CLI_OK;
}

static int print(const cli_args *args, const il_call *call, const il_data_summary *summary) {
    il_error err;
    bool table = args->value[CLI_DATA_FORMAT] == TABLE;
    const il_table_style style = cli_table_style(args);
    if (table) {
        cli_describe(call->desc);
        putchar('\n');
    }
    il_status status = table ? il_data_table(summary, &style, stdout, &err)
                             : il_data_json(summary, call, stdout, &err);
    /* main says why standard output failed. */
    return status == IL_OK || status == IL_IO ? CLI_OK : cli_fail_library(&err);
}

/* A dataset as it is: its own test set, nothing scaled. */
static int build(const cli_args *args, const il_call *call, const il_folders *folders) {
    il_error err;
    il_dataset *data = NULL;
    il_data_summary summary;
    il_data_request request = {.data = *call};
    il_status status = il_call_parse(&il_scalings, "none", NULL, &request.scale, &err);
    if (status == IL_OK)
        status = il_dataset_new(&request, folders, &data, &err);
    /* Data that cannot be read is the caller's mistake, as a study that cannot is. */
    if (status == IL_OK)
        status = il_data_summarize(data, &summary, &err);
    if (status != IL_OK) {
        il_dataset_free(data);
        return cli_fail(status == IL_NO_MEMORY ? CLI_IO : CLI_USAGE, "%s", err.message);
    }
    int code = print(args, call, &summary);
    il_data_summary_free(&summary);
    il_dataset_free(data);
    return code;
}

static int show(const cli_args *args, const char *text, const il_folders *folders) {
    il_error err;
    il_call call;
    const il_desc *desc = il_family_find(&il_datasets, text);
    /* Of files of one's own a plain name is not enough to build, but to be described. */
    if (desc && type_of(desc)->origin == IL_OWN && args->value[CLI_DATA_FORMAT] == TABLE) {
        cli_describe(desc);
        return CLI_OK;
    }
    if (il_call_parse(&il_datasets, text, NULL, &call, &err) != IL_OK)
        return cli_fail(CLI_USAGE, "%s", err.message);
    return build(args, &call, folders);
}

int cli_data(const cli_args *args) {
    cli_folders folders;
    const char *verb = args->n_operands ? args->operand[0] : "list";
    bool is_list = strcmp(verb, "list") == 0;
    cli_folders_find(&folders);
    if (!is_list && strcmp(verb, "show") != 0)
        return cli_fail(CLI_USAGE, "data takes list or show, not '%.64s': initlab data show %.64s",
                        verb, verb);
    if (is_list && args->n_operands > 1)
        return cli_fail(CLI_USAGE, "'%.64s' is one operand too many: initlab data show %.64s",
                        args->operand[1], args->operand[1]);
    if (!is_list && args->n_operands < 2)
        return cli_fail(CLI_USAGE, "data show needs a dataset: initlab data show mnist");
    return is_list ? list(args, &folders.list) : show(args, args->operand[1], &folders.list);
}
