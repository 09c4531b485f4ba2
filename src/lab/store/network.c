/* An arm's network, from the texts that a store has of it. */
#include "initlab/store.h"

il_status il_archive_network(const il_archive *archive, size_t arm, il_engine engine,
                             size_t replicas, size_t batch, il_network **out, il_error *err) {
    il_network_config config = {.engine = engine, .replicas = replicas, .batch = batch};
    char *const *value = archive->value[arm];
    const struct {
        il_key key;
        const il_family *family;
        il_call *call;
    } calls[] = {{IL_KEY_HIDDEN, &il_activations, &config.hidden},
                 {IL_KEY_LOSS, &il_losses, &config.loss},
                 {IL_KEY_NORM, &il_norms, &config.norm},
                 {IL_KEY_DROPOUT, &il_dropouts, &config.dropout}};
    *out = NULL;
    il_status status = il_widths_parse(value[IL_KEY_NETWORK], NULL, &config.widths, err);
    for (size_t i = 0; i < sizeof calls / sizeof *calls && status == IL_OK; i++)
        status = il_call_parse(calls[i].family, value[calls[i].key], NULL, calls[i].call, err);
    return status == IL_OK ? il_network_new(&config, out, err) : status;
}
